import { afterAll, beforeAll, expect } from "vitest";
import { runHostCommand } from "../../sandbox/machines/host-command.ts";
import { deleteMachine } from "../../sandbox/machines/machine.ts";
import { faultTest } from "./fault-test.ts";
import { makeStand, type Stand } from "./stand.ts";

let stand: Stand;
beforeAll(async () => {
  stand = await makeStand();
  await stand.heal();
});
afterAll(() => stand[Symbol.asyncDispose]());

/** Keeps what is sent to an address that nobody has from leaving this computer. */
async function unreachable(address: string): Promise<AsyncDisposable> {
  const route = ["unreachable", `${address}/32`];
  await runHostCommand("ip", ["route", "add", ...route]);
  return {
    [Symbol.asyncDispose]: async () =>
      void (await runHostCommand("ip", ["route", "del", ...route])),
  };
}

faultTest("otherMachine", async (timed) => {
  const before = await stand.recordedSystem();
  await stand.change();
  const own = "/etc/ssh/ssh_host_ed25519_key";
  await stand.machine.run(
    `mv ${own} ${own}.kept; ssh-keygen -q -t ed25519 -N "" -f ${own}; systemctl restart sshd`,
  );
  const run = await timed(() => stand.project.up());
  expect(run.error).toMatch(/another machine answers.*Pinned: SHA256:\S+\. Offered: SHA256:/is);
  await stand.expectSystem(before);
  await stand.machine.run(`mv ${own}.kept ${own}; systemctl restart sshd`);
  await stand.heal();
});

faultTest("machineGone", async (timed) => {
  const before = await stand.recordedSystem();
  await stand.change();
  const address = await stand.machine.address();
  await deleteMachine(stand.home, stand.machineName);
  {
    await using _ = await unreachable(address);
    const run = await timed(() => stand.project.up());
    expect(run.error).toContain(`No answer from ${address} port 22 within 5 s`);
  }
  expect(await stand.recordedSystem()).toBe(before);
  expect((await stand.project.refresh()).steps).toMatchObject({ "Machine machine-1": "delete" });
  await stand.heal();
});
