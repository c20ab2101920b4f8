import { expect, test } from "vitest";
import { answerOf, machinesOf } from "./machines.ts";
import { makeProject } from "./project.ts";

test("three machines are confirmed at --parallel 1; one whose health check fails goes back and is tried again", async () => {
  await using project = await makeProject({
    "iplz:count": { value: "3" },
    "iplz:healthChecks[0].path": { value: "/healthz" },
    "iplz:healthChecks[0].bodyPattern": { value: "^/nix/store/" },
    "iplz:healthChecks[1].unit": { value: "iplz.service" },
  });
  const first = await project.up({ parallel: 1 });
  expect(first.error).toBeUndefined();
  const machines = await machinesOf(project);
  expect(machines).toHaveLength(3);
  for (const machine of machines) {
    expect(await answerOf(machine)).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);
  }
  expect((await project.up()).steps).toEqual({});

  // Answers as before, but no health check finds it where it was.
  await project.stack.setConfig("iplz:count", { value: "1" });
  expect((await project.up()).error).toBeUndefined();
  await project.stack.setConfig("iplz:healthChecks[1].timeoutSeconds", { value: "2" }, true);
  await project.stack.setConfig("iplz:healthChecks[1].unit", { value: "nowhere.service" }, true);
  await project.edit("nix/modules/iplz.nix", 'description = "iplz";', 'description = "IPLZ";');
  const activation = "Command machine-1-activation";
  for (const attempt of [1, 2]) {
    const refused = await project.up();
    expect([attempt, refused.error]).toEqual([
      attempt,
      expect.stringContaining(
        "failed: the health check nowhere.service did not hold within 2 s: it is inactive, not active.",
      ),
    ]);
    expect(refused.steps[activation]).toBe("update");
    const health = await fetch(`${machines[0]?.url}healthz`);
    expect(await health.text()).toBe(`${machines[0]?.system}\n`);
  }
  await project.stack.setConfig("iplz:healthChecks[1].unit", { value: "iplz.service" }, true);
  const healed = await project.up();
  expect([healed.error, healed.steps]).toEqual([undefined, { [activation]: "update" }]);
  const [after] = await machinesOf(project);
  expect(await (await fetch(`${after?.url}healthz`)).text()).toBe(`${after?.system}\n`);
  expect(after?.system).not.toBe(machines[0]?.system);
});
