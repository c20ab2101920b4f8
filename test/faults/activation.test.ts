import { afterAll, beforeAll, expect } from "vitest";
import { faultTest } from "./fault-test.ts";
import { makeStand, type Stand } from "./stand.ts";

const mebibyte = 1024 * 1024;

let stand: Stand;
beforeAll(async () => {
  stand = await makeStand({
    "iplz:activation.confirmTimeoutSeconds": { value: "15" },
  });
  await stand.heal();
});
afterAll(() => stand[Symbol.asyncDispose]());

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
      await stand.activationEnded();
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

faultTest("diskFullInActivation", async (timed) => {
  const before = await stand.recordedSystem();
  const held = await stand.holdSwitch();
  const { exitCode, output } = await timed(async () => {
    const up = stand.project.beginUp();
    await held.reached();
    await stand.machine.run(
      "fallocate -l $(($(df --output=avail -B1 / | tail -1))) /fills-the-disk; df / >&2",
    );
    await held.release();
    return up.ended;
  });
  expect(output).toContain("Going back to");
  expect(exitCode).not.toBe(0);
  await stand.expectSystem(before);
  await stand.machine.run("rm /fills-the-disk");
  await stand.heal();
});

faultTest("missingPath", async (timed) => {
  const ballast = await stand.addBallast(mebibyte);
  await stand.heal();
  await stand.change();
  await stand.heal();
  const before = await stand.recordedSystem();
  await stand.machine.run(`mv ${ballast} /root/gone`);
  await stand.change("environment.etc.ballast.source = ./ballast;");
  const run = await timed(() => stand.project.up());
  expect(run.error).toContain(`${ballast} of its closure is gone from this machine's disk`);
  await stand.expectSystem(before);

  await stand.machine.run(`mv /root/gone ${ballast}`);
  await stand.heal();
});
