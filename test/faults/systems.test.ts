import { afterAll, beforeAll, expect } from "vitest";
import { faultTest } from "./fault-test.ts";
import type { FaultName } from "./faults.ts";
import { makeStand, type Stand } from "./stand.ts";

let stand: Stand;
beforeAll(async () => {
  stand = await makeStand({
    "iplz:activation.timeoutSeconds": { value: "30" },
    "iplz:activation.confirmTimeoutSeconds": { value: "15" },
    "iplz:healthChecks[0].path": { value: "/healthz" },
    "iplz:healthChecks[0].timeoutSeconds": { value: "15" },
  });
  await stand.heal();
});
afterAll(() => stand[Symbol.asyncDispose]());

/** A system that cannot stay: the machine goes back, and the one that mends it is activated. */
function badSystem(name: FaultName, options: string, reason: RegExp): Parameters<typeof faultTest> {
  return [
    name,
    async (timed) => {
      const before = await stand.recordedSystem();
      await stand.change(options);
      const run = await timed(() => stand.project.up());
      expect(run.error).toMatch(reason);
      await stand.expectSystem(before);
      await stand.change();
      const { steps } = await stand.heal();
      expect(steps["Command machine-1-activation"]).toBe("update");
    },
  ];
}

faultTest(
  ...badSystem(
    "serviceFails",
    `systemd.services.iplz.serviceConfig.ExecStartPre = "/bin/sh -c 'echo the reason; exit 7'";`,
    /The last log lines of iplz\.service:(.*\n)*? *the reason\n/,
  ),
);

faultTest(
  ...badSystem("healthCheckFails", "services.iplz.port = lib.mkForce 8080;", /health check/i),
);

faultTest(
  ...badSystem(
    "hangsInSwitch",
    `systemd.services.hangs = {
      wantedBy = [ "multi-user.target" ];
      serviceConfig = { Type = "oneshot"; ExecStart = "/bin/sleep infinity"; };
    };`,
    /it did not end within activation\.timeoutSeconds, 30 s\./,
  ),
);

faultTest(
  ...badSystem(
    "breaksSshd",
    `services.openssh.settings.AllowUsers = "nobody";`,
    /nobody confirmed within 15 s/,
  ),
);

faultTest(
  ...badSystem(
    "breaksFirewall",
    "services.openssh.openFirewall = false;",
    /nobody confirmed within 15 s/,
  ),
);
