import { expect, test } from "vitest";
import { machinesOf } from "./machines.ts";
import { makeProject } from "./project.ts";

test("a canary that fails leaves all others on the system that they ran", async () => {
  await using project = await makeProject({
    "iplz:count": { value: "3" },
    "iplz:rollout.canaries": { value: "1" },
    "iplz:rollout.maxParallel": { value: "1" },
  });
  expect((await project.up()).error).toBeUndefined();
  const machines = await machinesOf(project);
  const running = () =>
    Promise.all(machines.map(async ({ url }) => (await fetch(`${url}healthz`)).text()));
  const before = await running();
  expect(before).toEqual(machines.map(({ system }) => `${system}\n`));

  const startsWell = 'Type = "exec";';
  const failsAtStart = `${startsWell} ExecStartPre = "/bin/sh -c 'exit 7'";`;
  await project.edit("nix/modules/iplz.nix", startsWell, failsAtStart);
  const broken = await project.up({ continueOnError: true });
  expect(broken.error).toContain("machine-1-activation");
  expect(broken.steps["Command machine-2-activation"]).toBeUndefined();
  expect(broken.steps["Command machine-3-activation"]).toBeUndefined();
  expect(await running()).toEqual(before);

  await project.edit("nix/modules/iplz.nix", failsAtStart, `${startsWell} Nice = 1;`);
  const healed = await project.up();
  expect(healed.error).toBeUndefined();
  const now = await machinesOf(project);
  expect(await running()).toEqual(now.map(({ system }) => `${system}\n`));
  expect(await running()).not.toEqual(before);
});
