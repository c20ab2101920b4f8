import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as provider from "../../../providers/nix-build.impl.ts";
import * as sshKey from "../../../providers/ssh-key.impl.ts";
import { buildOnMachine } from "../../../src/building/on-machine.ts";
import { decodeRecord, recordOf } from "../../../src/nix/difference/record.ts";
import {
  failure,
  freshDerivation,
  makeTestBuilder,
  type TestBuilder,
  writeWhere,
} from "./building-machine.ts";

let machine: TestBuilder;
beforeAll(async () => {
  machine = await makeTestBuilder("builds-for-itself");
});
afterAll(() => machine[Symbol.asyncDispose]());

test("a machine builds in its own store, keeps it, and builds it once", async () => {
  const built = await freshDerivation("there", `${writeWhere}; echo done`);
  const lines: string[] = [];
  const build = () =>
    buildOnMachine({ ...built, machine: machine.target, onLine: (line) => lines.push(line) });
  await build();
  const name = built.outPath.slice(44);
  expect(lines).toEqual([`building ${name} (1 of 1)`, `${name}> done`, "built 1 derivation"]);
  expect(await machine.run(`cat ${built.outPath}`)).toBe(machine.name);
  expect(existsSync(built.outPath)).toBe(false);
  await machine.run("nix-collect-garbage");
  expect(await machine.run(`cat ${built.outPath}`)).toBe(machine.name);
  lines.length = 0;
  await build();
  expect(lines).toEqual([]);
});

test("what a machine built is on record as if it were built here", async () => {
  const unit = (name: string, text: string) => `printf '${text}' > $f/${name}`;
  const system = await freshDerivation(
    "system",
    [
      "PATH=/bin:/usr/bin; f=$out/etc/systemd/system; mkdir -p $f/a.service.d $f/b.target.wants",
      unit("a.service", "[Service]\\nExecStart=/bin/a\\n\\nUser=a\\n\\n"),
      unit("a.service.d/2.conf", "[Service]\\nUser=b\\n"),
      unit("a.service.d/1.conf", "[Service]\\nX-ReloadIfChanged=true"),
      ": > $f/b.target",
      "ln -s /dev/null $f/masked.service; ln -s ../a.service $f/b.target.wants/a.service",
    ].join("; "),
  );
  const there = await provider.create({ ...system, machine: machine.target });
  expect(existsSync(system.outPath)).toBe(false);
  expect(existsSync(system.gcRoot)).toBe(false);
  const here = await provider.create(system);
  expect(decodeRecord(there.outs.record)).toEqual(await recordOf(system.outPath));
  const { machine: _, ...outs } = there.outs;
  expect(outs).toEqual(here.outs);

  // Built on the machine or here: to change where changes nothing by itself.
  const onMachine = { ...system, machine: machine.target };
  expect(await provider.diff("", here.outs, onMachine)).toEqual({ changes: false });
  const lost = { ...here.outs, outputs: { out: `${system.outPath}-lost` } };
  expect(await provider.diff("", lost, onMachine)).toEqual({ changes: false });
  expect(await provider.diff("", lost, system)).toEqual({ changes: true });
  expect(await provider.read("ID", there.outs)).toEqual({ id: "ID", props: there.outs });
  await provider.update("", here.outs, onMachine);
  expect(existsSync(system.gcRoot)).toBe(false);
});

test("a build that fails there ends with its last lines and the command for the rest", async () => {
  const script = "i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo line $i; done; exit 3";
  const bad = await freshDerivation("bad", script);
  const build = { ...bad, machine: machine.target, onLine: () => {} };
  const lines = Array.from({ length: 20 }, (_, at) => `  line ${at + 11}`);
  expect((await failure(buildOnMachine(build))).split("\n")).toEqual([
    `Building FLAKE#it on root@${machine.target.address} port 22 failed: ${bad.drvPath}`,
    ...lines,
    expect.stringMatching("^error: .*failed with exit code 3"),
    `The whole log, on that machine: nix log ${bad.drvPath}`,
    "Mend it, then run `pulumi up` again: it builds what is missing.",
  ]);
  // A collection may begin between sending and building, such as a former activation's.
  await machine.run(`nix-store --gc && test -e ${bad.drvPath}`);
});

test("what a machine cannot build for is told with what to do", async () => {
  const arm = await freshDerivation("arm", writeWhere, "aarch64-linux");
  const build = { ...arm, machine: machine.target, onLine: () => {} };
  expect(await failure(buildOnMachine(build))).toMatch(
    /^Building FLAKE#it on root@[\d.]+ port 22 failed(.|\n)*aarch64-linux(.|\n)*\nIt cannot be built there, /,
  );
});

test("Nix options of the stack hold for what the machine builds", async () => {
  const slow = await freshDerivation("slow", "while :; do :; done");
  const nixOptions = { timeout: "1" };
  const build = { ...slow, nixOptions, machine: machine.target, onLine: () => {} };
  expect(await failure(buildOnMachine(build))).toMatch(/timed out after 1 second/);
});

test("a full disk of the machine is told as that, and the build goes well when there is room", async () => {
  const fill = "[ -e /tmp/room ] || { while echo a line of many; do :; done > big; exit 1; }";
  const big = await freshDerivation("big", `${fill}; ${writeWhere}`);
  const build = { ...big, machine: machine.target, onLine: () => {} };
  await machine.run("mount -t tmpfs -o size=1m small /tmp");
  const message = await failure(buildOnMachine(build));
  await machine.run("umount /tmp && touch /tmp/room");
  expect(message).toMatch(/lack of free disk space/);
  expect(message.split("\n").at(-2)).toBe(
    `The disk of root@${machine.target.address} port 22 is full. Make room there, such as with ` +
      "`nix-collect-garbage`, and run `pulumi up` again: it carries on from here.",
  );
  await buildOnMachine(build);
});

test("another machine at the address gets nothing, and a key that is not let in is named", async () => {
  const other = await sshKey.create({});
  const it = await freshDerivation("nowhere", writeWhere);
  const build = (changes: object) =>
    buildOnMachine({ ...it, machine: { ...machine.target, ...changes }, onLine: () => {} });
  expect(await failure(build({ hostPublicKey: other.outs.publicKey }))).toContain(
    "another machine answers at this address. Its host key is not the pinned one, and nothing was sent.",
  );
  expect(await failure(build({ privateKey: other.outs.privateKey }))).toContain(
    "does not let the stack's SSH key in as root",
  );
});
