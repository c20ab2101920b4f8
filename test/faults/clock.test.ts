import { afterAll, beforeAll, expect } from "vitest";
import { clockOfSessions, giveOwnClock, type MachineClock } from "../helpers/machine-clock.ts";
import { faultTest, type Timed } from "./fault-test.ts";
import { makeStand, type Stand } from "./stand.ts";

const day = 24 * 60 * 60;

let stand: Stand;
let clock: MachineClock;
beforeAll(async () => {
  stand = await makeStand({ "iplz:activation.confirmTimeoutSeconds": { value: "15" } });
  const inSessions = `{ services.openssh.settings.${clockOfSessions} }`;
  await stand.project.edit("nix/modules/live.nix", "./fault.nix", `./fault.nix ${inSessions}`);
  await stand.heal();
  clock = await giveOwnClock(stand.machine.run, ["systemd-journald", "sshd", "iplz"]);
});
afterAll(() => stand[Symbol.asyncDispose]());

/** Sets the machine's clock in the middle of a switch. */
async function setInSwitch(timed: Timed, seconds: number): Promise<void> {
  const held = await stand.holdSwitch();
  const { exitCode, output } = await timed(async () => {
    const up = stand.project.beginUp();
    await held.reached();
    await clock.set(seconds);
    await held.release();
    return up.ended;
  });
  expect(exitCode, output).toBe(0);
  await stand.expectSystem(await stand.recordedSystem());
  expect((await stand.project.up()).steps).toEqual({});
  expect(await hoursSeenByLastActivation()).toBeCloseTo(seconds / 3600, 0);
  await clock.set(0);
}

/** How far ahead of this computer the machine was when its activation named its log. */
async function hoursSeenByLastActivation(): Promise<number> {
  const name = await stand.machine.run("ls -t /var/log/nixos-activation | head -n 1");
  return (Date.parse(`${name.replace(".log", "")}Z`) - Date.now()) / 3_600_000;
}

faultTest("clockAhead", (timed) => setInSwitch(timed, day));

faultTest("clockBack", (timed) => setInSwitch(timed, -3600));
