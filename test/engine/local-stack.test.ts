import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sandboxHome } from "../../sandbox/machines/paths.ts";
import { watchPrograms } from "../helpers/watched-programs.ts";
import { rebootComputer } from "../sandbox/machines/reboot-computer.ts";
import { connectionsTo } from "./connections.ts";
import { answerOf, machinesOf } from "./machines.ts";
import { expectPicture } from "./picture.ts";
import { makeProject } from "./project.ts";

test("a stack goes from nothing to an answer, follows an edit, and leaves nothing", async () => {
  await using started = await watchPrograms(["nix", "ssh"]);
  const project = await makeProject({}, { PATH: started.path });
  try {
    const first = await project.up();
    expect(first.error).toBeUndefined();
    expect(first.steps).toEqual({
      "Key key": "create",
      "Build system": "create",
      "Build bootstrap-system": "create",
      "Key machine-1-host-key": "create",
      "Machine machine-1": "create",
      "Deployment machine-1": "create",
      "RunningSystem machine-1-running": "create",
      "Command machine-1-copy": "create",
      "Command machine-1-activation": "create",
    });
    await expectPicture(project, "local");
    const [before] = await machinesOf(project);
    expect(await answerOf(before)).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);

    // What has not changed is not evaluated, built, copied, or asked for.
    expect(await started.read()).toContainEqual(expect.stringContaining("nix build "));
    const connections = await connectionsTo(project);
    expect(connections).toBeGreaterThan(0);
    expect((await project.up()).steps).toEqual({});
    expect((await project.preview()).steps).toEqual({});
    expect(await started.read()).toEqual([]);
    expect(await connectionsTo(project)).toBe(connections);

    expect((await project.refresh()).steps).toEqual({});
    expect(await connectionsTo(project)).toBe(connections + 1);

    await rebootComputer(sandboxHome(), `iplz-${project.stackName}-1`);
    const down = { "Machine machine-1": "update" };
    const refreshed = await project.refresh();
    expect(refreshed.steps).toEqual(down);
    expect(refreshed.output).toContain("machine-1 could not be asked what it runs.");
    expect((await project.up()).steps).toEqual(down);
    expect(await answerOf(before)).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);

    await project.edit("README.md", "\n", "\nA line that no derivation depends on.\n");
    expect((await project.preview()).steps).toEqual({});

    await project.edit("app/src/iplz/__init__.py", '"""', '"""One line more. ');
    const edited = {
      "Build system": "update",
      "Command machine-1-copy": "update",
      "Command machine-1-activation": "update",
    };
    await started.read();
    expect((await project.preview()).steps).toEqual(edited);
    const evaluations = (await started.read()).filter((line) => line.startsWith("nix eval "));
    expect(evaluations).toHaveLength(1);
    const taken = await connectionsTo(project);
    const second = await project.up();
    expect(second.error).toBeUndefined();
    expect(second.steps).toEqual(edited);
    // One to copy, one to activate, two to confirm.
    expect(await connectionsTo(project)).toBe(taken + 4);
    const programs = (await started.read()).map((line) => line.split(" ").slice(0, 2).join(" "));
    // Newer Nix asks with -O whether there is a connection to share, which makes none.
    const starts = programs.filter((program) => /^ssh (?!-O)|nix (build|copy)$/.test(program));
    expect(starts.sort()).toEqual(["nix build", "nix copy", "ssh machine"]);
    const [after] = await machinesOf(project);
    expect(after?.system).not.toBe(before?.system);
    expect(after?.address).toBe(before?.address);
    expect(await answerOf(after)).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);
    const health = await fetch(`${after?.url}healthz`);
    expect(await health.text()).toBe(`${after?.system}\n`);
  } finally {
    await project[Symbol.asyncDispose]();
  }
  const machines = await readdir(join(sandboxHome(), "machines"));
  expect(machines.filter((name) => name.includes(project.stackName))).toEqual([]);
});

test("two machines are made side by side, an edit goes to the target alone, and one may go", async () => {
  await using project = await makeProject({ "iplz:count": { value: "2" } });
  const run = await project.up();
  expect(run.error).toBeUndefined();
  const machines = await machinesOf(project);
  expect(machines.map(({ name }) => name)).toEqual(["machine-1", "machine-2"]);
  expect(new Set(machines.map(({ address }) => address)).size).toBe(2);
  for (const machine of machines) expect(await answerOf(machine)).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);

  await project.edit("app/src/iplz/__init__.py", '"""', '"""One line more. ');
  const target = ["**::system", "**::machine-2-*"];
  const previewed = await project.preview({ target });
  expect(previewed.output).toMatch(/~ +\[1\]: \{/);
  expect(previewed.output).not.toMatch(/~ +\[0\]: \{/);
  const one = await project.up({ target });
  expect(one.error).toBeUndefined();
  expect(one.steps).toEqual({
    "Build system": "update",
    "Command machine-2-copy": "update",
    "Command machine-2-activation": "update",
  });
  const [left, edited] = await machinesOf(project);
  expect(left?.system).toBe(machines[0]?.system);
  expect(edited?.system).not.toBe(machines[1]?.system);

  await project.stack.setConfig("iplz:count", { value: "1" });
  const fewer = await project.up();
  expect(fewer.error).toBeUndefined();
  expect(fewer.steps).toEqual({
    "Command machine-1-copy": "update",
    "Command machine-1-activation": "update",
    "Machine machine-2": "delete",
    "Key machine-2-host-key": "delete",
    "Deployment machine-2": "delete",
    "RunningSystem machine-2-running": "delete",
    "Command machine-2-copy": "delete",
    "Command machine-2-activation": "delete",
  });
});
