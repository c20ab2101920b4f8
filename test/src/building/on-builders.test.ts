import { copyFile, mkdtemp, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as provider from "../../../providers/nix-build.impl.ts";
import * as sshKey from "../../../providers/ssh-key.impl.ts";
import type { Builder } from "../../../src/building/machine-lines.ts";
import { build as schema } from "../../../src/config/build.ts";
import {
  failure,
  freshDerivation,
  makeTestBuilder,
  type TestBuilder,
  writeWhere,
} from "./building-machine.ts";

let folder: string;
let machine: TestBuilder;
let builder: Builder;
beforeAll(async () => {
  machine = await makeTestBuilder("builds-for-others");
  folder = await mkdtemp(join(tmpdir(), "keys of builders-"));
  await copyFile(machine.keyFile, join(folder, "key"));
  const { address, hostPublicKey } = machine.target;
  const entry = { address, hostPublicKey, keyFile: join(folder, "key") };
  builder = schema.parse({ builders: [entry] }).builders[0] as Builder;
});
afterAll(async () => {
  await machine[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test("what builders build comes here and is kept as if it were built here", async () => {
  const inputs = await freshDerivation("elsewhere", writeWhere);
  const { outs } = await provider.create({ ...inputs, builders: [builder] });
  expect(await readFile(inputs.outPath, "utf8")).toBe(`${machine.name}\n`);
  expect(await readlink(inputs.gcRoot)).toBe(inputs.outPath);
  const { builders: _, ...rest } = outs;
  expect(rest).toEqual((await provider.create(inputs)).outs);
  expect(await provider.diff("", outs, inputs)).toEqual({ changes: false });
});

test("a builder may answer on another port, and one that does not answer leaves the work to the others", async () => {
  await machine.run("/usr/sbin/sshd -p 2222");
  const down = { ...builder, address: "192.0.2.1", speedFactor: 2 };
  const inputs = await freshDerivation("port", writeWhere);
  await provider.create({ ...inputs, builders: [{ ...builder, port: 2222 }, down] });
  expect(await readFile(inputs.outPath, "utf8")).toBe(`${machine.name}\n`);
});

test("a build that fails on a builder ends as one here does", async () => {
  const inputs = await freshDerivation("bad", "echo reason; exit 3");
  const message = await failure(provider.create({ ...inputs, builders: [builder] }));
  expect(message.split("\n").slice(0, 2)).toEqual([
    `Building FLAKE#it failed: ${inputs.drvPath}`,
    "  reason",
  ]);
  expect(message.split("\n").at(-2)).toBe(`The whole log: nix log ${inputs.drvPath}`);
});

test("of builders that cannot be used the message says why, and nothing is built here", async () => {
  const inputs = await freshDerivation("unusable", writeWhere);
  const other = await sshKey.create({});
  const messageFor = async (changes: Partial<Builder>) => {
    const message = await failure(
      provider.create({ ...inputs, builders: [{ ...builder, ...changes }] }),
    );
    const [summary, reason, empty] = message.split("\n");
    expect(summary).toBe("Building FLAKE#it failed: no builder could be used.");
    expect(empty).toBe("");
    return reason;
  };
  const name = `root@${builder.address} port 22`;
  expect(await messageFor({ hostPublicKey: other.outs.publicKey })).toMatch(
    `Connecting to ${name} failed: another machine answers at this address.`,
  );
  expect(await messageFor({ port: 1 })).toMatch(
    `Connecting to root@${builder.address} port 1 failed: connect ECONNREFUSED`,
  );
  expect(await messageFor({ user: "nobody" })).toBe(
    `Connecting to nobody@${builder.address} port 22 failed: the key in ${builder.keyFile} is not let in ` +
      "as nobody. Add its public key to that user's authorized keys there.",
  );
  const gone = join(folder, "gone");
  expect(await messageFor({ keyFile: gone })).toBe(
    `The key of the builder ${name} cannot be used: ENOENT: no such file or directory, open '${gone}'`,
  );
  expect(await messageFor({ platforms: ["aarch64-linux"] })).toBe(
    "Give builders the platform and the features that Nix names below, with build.builders.",
  );
  const none = await failure(provider.create({ ...inputs, builders: [] }));
  expect(none.split("\n")[1]).toBe(
    "Give builders the platform and the features that Nix names below, with build.builders.",
  );
});
