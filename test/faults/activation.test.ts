import { afterAll, beforeAll, expect } from "vitest";
import { faultTest } from "./fault-test.ts";
import { makeStand, type Stand } from "./stand.ts";

let stand: Stand;
beforeAll(async () => {
  stand = await makeStand({
    "iplz:activation.confirmTimeoutSeconds": { value: "15" },
  });
  await stand.heal();
});
afterAll(() => stand[Symbol.asyncDispose]());

/** The activation has ended on the machine, whoever still looks on. */
const ended = () => stand.machine.until("! systemctl is-active --quiet nixos-activation");

/** Drops whatever the machine sends or gets, as long as it is held. */
async function cutNetwork(): Promise<AsyncDisposable> {
  const chain = (hook: string) =>
    `chain ${hook} { type filter hook ${hook} priority -300; policy drop; iifname lo accept; };`;
  const table = `table inet cut { ${chain("input")} ${chain("output").replace("iifname", "oifname")} }`;
  await stand.machine.run(`echo '${table}' | nft -f -`);
  return {
    [Symbol.asyncDispose]: async () => void (await stand.machine.run("nft delete table inet cut")),
  };
}

faultTest("networkCutForSeconds", async (timed) => {
  const held = await stand.holdSwitch();
  const { exitCode } = await timed(async () => {
    const up = stand.project.beginUp();
    await held.reached();
    {
      await using _ = await cutNetwork();
      await held.release();
      await stand.machine.until("[ -p /run/nixos-activation/current/answer ]");
    }
    return up.ended;
  });
  expect(exitCode).toBe(0);
  await stand.expectSystem(await stand.recordedSystem());
});

faultTest("networkCutForGood", async (timed) => {
  const before = await stand.recordedSystem();
  const held = await stand.holdSwitch();
  const { exitCode } = await timed(async () => {
    const up = stand.project.beginUp();
    await held.reached();
    {
      await using _ = await cutNetwork();
      await held.release();
      await ended();
    }
    return up.ended;
  });
  expect(exitCode).not.toBe(0);
  await stand.expectSystem(before);
  await stand.heal();
});

faultTest("rebootInSwitch", async (timed) => {
  const before = await stand.recordedSystem();
  const held = await stand.holdSwitch();
  const { exitCode } = await timed(async () => {
    const up = stand.project.beginUp();
    await held.reached();
    await stand.machine.reboot();
    return up.ended;
  });
  expect(exitCode).not.toBe(0);
  await stand.expectSystem(before);
  await held.release();
  await stand.heal();
});
