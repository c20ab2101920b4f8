import { execa } from "execa";
import { expect, test } from "vitest";
import * as sshKey from "../../providers/ssh-key.impl.ts";
import { machinesOf, runOn } from "./machines.ts";
import { makeProject } from "./project.ts";

const profile = "/nix/var/nix/profiles/system";

test("a machine that was switched by hand is seen and put right, and an older system is chosen", async () => {
  const user = await sshKey.create({});
  await using project = await makeProject({
    "iplz:authorizedKeys[0]": { value: user.outs.publicKey },
  });
  const onMachine = (command: string) => runOn(project, command, user.outs.privateKey);
  const running = () => onMachine("readlink -f /run/current-system");
  expect((await project.up()).error).toBeUndefined();
  const [machine] = await machinesOf(project);
  const system = machine?.system ?? "";

  // By hand to the system that it booted first, and what the stack brought is collected as garbage.
  const first = await onMachine(`readlink -f ${profile}-1-link`);
  await onMachine(
    `nix-env -p ${profile} --set ${first} && ${first}/bin/switch-to-configuration switch && ` +
      `nix-env -p ${profile} --delete-generations old && rm /nix/var/nix/gcroots/copied-by-* && ` +
      `nix-store --gc && test ! -e ${system}`,
  );
  const repair = {
    "RunningSystem machine-1-running": "update",
    "Command machine-1-copy": "replace",
    "Command machine-1-activation": "replace",
  };
  const drift = `machine-1 has drifted: it runs ${first}, not ${system}, which this stack activated.`;
  const foreseen = await project.preview({ refresh: true });
  expect(foreseen.steps).toEqual(repair);
  expect(foreseen.output).toContain(drift);
  const refreshed = await project.refresh();
  expect(refreshed.steps).toEqual({ "RunningSystem machine-1-running": "update" });
  expect(refreshed.output).toContain(drift);
  const secretLine = user.outs.privateKey.split("\n")[2] ?? "";
  expect((await project.readState()).includes(secretLine)).toBe(false);
  const repaired = await project.up();
  expect(repaired.error).toBeUndefined();
  expect(repaired.steps).toEqual(repair);
  expect(await running()).toBe(system);
  expect((await project.refresh()).steps).toEqual({});
  expect((await project.up()).steps).toEqual({});

  const git = (...args: string[]) =>
    execa("git", ["-c", "user.name=t", "-c", "user.email=t@t", ...args], { cwd: project.folder });
  await git("commit", "--quiet", "--message", "all");
  const { stdout: revision } = await git("rev-parse", "HEAD");
  await project.stack.setConfig("iplz:system", { value: first });
  const back = await project.up();
  expect(back.error).toBeUndefined();
  expect(back.steps).toEqual({
    "Build system": "delete",
    "Command machine-1-copy": "update",
    "Command machine-1-activation": "update",
  });
  expect(back.output).toMatch(
    RegExp(
      `against what runs there, ${system}:\n *closure: .*\n(.*\n)* *units that stop: iplz\\.service`,
    ),
  );
  expect(await running()).toBe(first);

  await project.edit("nix/modules/iplz.nix", "{", "throw { } {");
  await project.stack.setConfig("iplz:system", { value: revision });
  const forth = await project.up();
  expect(forth.error).toBeUndefined();
  expect(await running()).toBe(system);
});
