import { afterAll, beforeAll, expect } from "vitest";
import { faultTest } from "./fault-test.ts";
import type { FaultName } from "./faults.ts";
import { makeStand, type Stand } from "./stand.ts";

let stand: Stand;
beforeAll(async () => {
  stand = await makeStand({
    "iplz:activation.mode": { value: "boot" },
    "iplz:activation.reboot": { value: "true" },
    "iplz:activation.timeoutSeconds": { value: "60" },
    "iplz:activation.confirmTimeoutSeconds": { value: "15" },
    "iplz:healthChecks[0].path": { value: "/healthz" },
    "iplz:healthChecks[0].timeoutSeconds": { value: "15" },
  });
  await stand.heal();
});
afterAll(() => stand[Symbol.asyncDispose]());

const booted = () => stand.machine.run("readlink -f /run/booted-system");

/** A system that cannot stay once it is booted: the machine boots the one before again. */
function badSystem(name: FaultName, options: string, reason: RegExp): Parameters<typeof faultTest> {
  return [
    name,
    async (timed) => {
      const before = await stand.recordedSystem();
      expect(await booted()).toBe(before);
      await stand.change(options);
      const run = await timed(() => stand.project.up());
      expect(run.error).toMatch(reason);
      await stand.expectSystem(before);
      expect(await booted()).toBe(before);
      await stand.change();
      const { steps } = await stand.heal();
      expect(steps["Command machine-1-activation"]).toBe("update");
      expect(await booted()).toBe(await stand.recordedSystem());
    },
  ];
}

faultTest(
  ...badSystem("rebootUnhealthy", "services.iplz.port = lib.mkForce 8080;", /the health check GET/),
);

faultTest(
  ...badSystem(
    "rebootBreaksSshd",
    `services.openssh.settings.AllowUsers = "nobody";`,
    /nobody confirmed within 15 s/,
  ),
);

faultTest(
  ...badSystem(
    "rebootUnitFails",
    `systemd.services.broken = {
      wantedBy = [ "multi-user.target" ];
      serviceConfig = { Type = "oneshot"; ExecStart = "/bin/sh -c 'echo the reason; exit 7'"; };
    };`,
    /units have failed since the reboot: broken\.service\.(.*\n)*? *the reason\n/,
  ),
);

faultTest("killedInReboot", async (timed) => {
  const before = await stand.recordedSystem();
  const held = await stand.holdSwitch();
  await timed(async () => {
    const up = stand.project.beginUp();
    await held.reached();
    up.signal("SIGKILL");
    return up.ended;
  });
  await stand.project.stack.cancel();
  await held.release();
  await stand.machine.rebooted();
  await stand.expectSystem(before);
  await stand.heal();
});
