import { once } from "node:events";
import { connect, type Socket } from "node:net";
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

/** Connections to the service, of which each sends the words and then nothing. */
async function holdOn(callers: number, words: string): Promise<Disposable> {
  const host = await stand.machine.address();
  const sockets: Socket[] = [];
  for (let at = 0; at < callers; at += 1) {
    const socket = connect({ host, port: 80 });
    sockets.push(socket.on("error", () => {}));
    await once(socket, "connect");
    socket.write(words);
  }
  return { [Symbol.dispose]: () => sockets.forEach((socket) => void socket.destroy()) };
}

const heldConnections = () =>
  stand.machine.run("ss --no-header --tcp --numeric state established sport = :80 | wc -l");

faultTest("idleCallers", async (timed) => {
  await stand.change();
  using _silent = await holdOn(1000, "");
  using _slow = await holdOn(50, "GET / HTTP/1.1\r\nHost: iplz\r\nX-Slow: ");
  await stand.machine.facts();
  expect(Number(await heldConnections())).toBeGreaterThanOrEqual(1000);
  expect((await timed(() => stand.project.up())).error).toBeUndefined();
  await stand.expectSystem(await stand.recordedSystem());
});

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
