import { expect, test } from "vitest";
import { answerOf, machinesOf } from "./machines.ts";
import { makeProject } from "./project.ts";
import { toldIn } from "./told.ts";

test("a unit that fails is shown with its log, the machine goes back, and the next up heals it", async () => {
  await using project = await makeProject();
  expect((await project.up()).error).toBeUndefined();
  const [before] = await machinesOf(project);

  const startsWell = 'Type = "exec";';
  const failsAtStart = `${startsWell} ExecStartPre = "/bin/sh -c 'echo the reason; exit 7'";`;
  await project.edit("nix/modules/iplz.nix", startsWell, failsAtStart);
  const broken = await project.up();
  expect(broken.error).toMatch(
    /Activating \S+ failed: switch-to-configuration exited with status 4\./,
  );
  expect(broken.error).toMatch(
    /The last log lines of iplz\.service:(.*\n)*? *the reason\n(.*\n)* *Going back to /,
  );
  const health = await fetch(`${before?.url}healthz`);
  expect(await health.text()).toBe(`${before?.system}\n`);

  // What comes next is told against the system that the machine runs, which is not the one built last.
  const withNewUnit = 'systemd.services.idle.script = "sleep infinity"; services.iplz = {';
  await project.edit("nix/modules/iplz.nix", failsAtStart, startsWell);
  await project.edit("nix/modules/base.nix", "services.iplz = {", withNewUnit);
  const [, mended] = (await project.preview()).output.split("Command (machine-1-activation):\n");
  expect(toldIn(mended?.split("\n\n")[0] ?? "")).toEqual([
    expect.stringMatching(/^closure: /),
    "packages: +unit-idle.service, +unit-script-idle",
    "new units: idle.service",
    expect.stringMatching(/^to build: /),
    expect.stringMatching(/^not built yet: /),
  ]);
  expect(mended).toContain(`against what runs there, ${before?.system}:\n`);
  await project.edit("nix/modules/base.nix", withNewUnit, "services.iplz = {");

  // The copy has followed the edit, so it follows the way back; the activation never left.
  const healed = await project.up();
  expect(healed.error).toBeUndefined();
  expect(healed.steps).toEqual({
    "Build system": "update",
    "Command machine-1-copy": "update",
  });
  expect(await answerOf(before)).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);

  await project.edit("nix/modules/iplz.nix", startsWell, "Type = exec;");
  const unevaluated = await project.preview();
  expect(unevaluated.output.match(/^ *error: Evaluating the flake/gm)?.length).toBe(1);
  expect(unevaluated.error).toMatch(
    new RegExp(
      `Evaluating the flake \\. failed at ${project.folder}/nix/modules/iplz\\.nix:\\d+:\\d+: undefined variable 'exec'`,
    ),
  );
  expect(await answerOf(before)).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);
});

test("wrong config stops the program before any resource, every fault told, with no stack trace", async () => {
  await using project = await makeProject({
    "iplz:machines": { value: "cloud" },
    "iplz:count": { value: "0" },
  });
  const run = await project.up();
  expect(run.steps).toEqual({});
  expect(run.error).toContain(
    [
      `error: The configuration of stack ${project.stackName} cannot be used:`,
      '    - iplz:machines: must be one of sandbox, existing and aws (got "cloud")',
      "    - iplz:count: must be a whole number from 1 to 250 (got 0)",
    ].join("\n"),
  );
  expect(run.error).not.toContain("node:internal");

  // Not even the program is run for these, whose words are in docs/errors.md.
  await project.stack.setConfig("iplz:count", { value: "many" });
  expect((await project.preview()).error).toContain(
    `validating stack config: Stack '${project.stackName}' with configuration key 'count' must be of type 'integer'`,
  );
});
