import { readlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as sshKey from "../../providers/ssh-key.impl.ts";
import { answerOf, machinesOf, runOn } from "./machines.ts";
import { makeProject } from "./project.ts";

test("what --replace names is there afterwards", async () => {
  const user = await sshKey.create({});
  await using project = await makeProject({
    "iplz:authorizedKeys[0]": { value: user.outs.publicKey },
    "iplz:secrets.token.value": { value: "canary", secret: true },
  });
  const secret = () => runOn(project, "cat /run/secrets/token", user.outs.privateKey);
  expect((await project.up()).error).toBeUndefined();

  const rebuilt = await project.up({ replace: ["**nix:Build::system"] });
  expect(rebuilt.error).toBeUndefined();
  expect(rebuilt.steps).toEqual({ "Build system": "replace" });
  const [{ system } = { system: "" }] = await machinesOf(project);
  const root = join(project.folder, ".nix/gcroots", project.stackName, "system");
  expect(await readlink(root)).toBe(system);

  const placed = await project.up({ replace: ["**nixos:SecretFile::**"] });
  expect(placed.error).toBeUndefined();
  expect(Object.values(placed.steps)).toEqual(["replace"]);
  expect(await secret()).toBe("canary");

  const made = await project.up({ replace: ["**sandbox:Machine::machine-1"] });
  expect(made.error).toBeUndefined();
  expect(made.steps).toMatchObject({ "Machine machine-1": "replace" });
  expect(await secret()).toBe("canary");
  const [machine] = await machinesOf(project);
  expect(await answerOf(machine)).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);
  expect((await project.up()).steps).toEqual({});
});
