import { rm } from "node:fs/promises";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { processesIn, removeCgroups } from "../../../sandbox/machines/cgroups.ts";
import {
  createMachine,
  deleteMachine,
  readMachine,
  startMachine,
  stopMachine,
} from "../../../sandbox/machines/machine.ts";
import { machinePaths } from "../../../sandbox/machines/paths.ts";
import { runAndKillAtCommand, type Step } from "./dying-commands.ts";
import { makeTestHome, type TestHome, tracesOf } from "./test-home.ts";

let at: TestHome;
beforeAll(async () => {
  at = await makeTestHome();
});
afterAll(() => at[Symbol.asyncDispose]());

/** Lets the step be killed at each of its commands in turn, each time with a machine of its own. */
async function atEachCommand(
  stepOf: (box: string) => Step,
  prepare: (box: string) => Promise<unknown>,
  check: (box: string) => Promise<void>,
): Promise<void> {
  const whole = `${stepOf("")[0].toLowerCase()}-0`;
  await prepare(whole);
  const { calls } = await runAndKillAtCommand(at, stepOf(whole), 0);
  await deleteMachine(at.home, whole);
  expect(calls).toBeGreaterThan(3);
  const next = Array.from({ length: calls }, (_, index) => index + 1).values();
  const work = async () => {
    for (const n of next) {
      const box = `${stepOf("")[0].toLowerCase()}-${n}`;
      await prepare(box);
      expect(await runAndKillAtCommand(at, stepOf(box), n)).toMatchObject({ wasKilled: true });
      await check(box);
      await deleteMachine(at.home, box);
      expect(await tracesOf(at.home, box)).toEqual([]);
    }
  };
  await Promise.all([work(), work()]);
}

test("a create that was killed at any command is done whole by the next one", async () => {
  await atEachCommand(
    (box) => ["createMachine", box],
    async () => {},
    async (box) => {
      const { address } = await createMachine(at.home, box, at.seed);
      expect(await at.ssh(address, "hostname; nix-store --verify --check-contents")).toBe(box);
    },
  );
});

test("a create that was killed at any command leaves nothing that delete does not find", async () => {
  await atEachCommand(
    (box) => ["createMachine", box],
    async () => {},
    async () => {},
  );
});

test("a start that was killed at any command is done by the next one, with the disk", async () => {
  await atEachCommand(
    (box) => ["startMachine", box],
    async (box) => {
      const { address } = await createMachine(at.home, box, at.seed);
      await at.ssh(address, "echo kept > /var/lib/file");
      await stopMachine(at.home, box);
    },
    async (box) => {
      const { address } = await startMachine(at.home, box);
      expect(await at.ssh(address, "cat /var/lib/file")).toBe("kept");
    },
  );
});

test("a delete that was killed at any command is done by the next one", async () => {
  await atEachCommand(
    (box) => ["deleteMachine", box],
    (box) => createMachine(at.home, box, at.seed),
    async () => {},
  );
});

test("a create that was killed while the machine booted takes that machine over", async () => {
  const { cgroup } = await machinePaths(at.home, "booting");
  const kill = new AbortController();
  const creating = runAndKillAtCommand(at, ["createMachine", "booting"], 0, kill.signal);
  await expect.poll(() => processesIn(cgroup), { interval: 5, timeout: 20_000 }).not.toEqual([]);
  const [first] = await processesIn(cgroup);
  kill.abort();
  expect(await creating).toMatchObject({ wasKilled: true });
  const { address } = await createMachine(at.home, "booting", at.seed);
  expect((await processesIn(cgroup))[0]).toBe(first);
  expect(await at.ssh(address, "hostname")).toBe("booting");
});

/** What a reboot of the computer leaves is the disk: no process, mount, namespace or interface. */
async function rebootComputer(box: string): Promise<void> {
  const paths = await machinePaths(at.home, box);
  await removeCgroups(paths.cgroup);
  await execa("umount", [paths.root]);
  await execa("ip", ["link", "delete", paths.interface]);
  await execa("ip", ["netns", "delete", paths.namespace]);
  await rm(`/run/systemd/nspawn/propagate/${paths.namespace}`, { recursive: true });
}

test("after a reboot of the computer a machine is stopped, and starts with its disk", async () => {
  const made = await createMachine(at.home, "old", at.seed);
  await at.ssh(made.address, "echo kept > /var/lib/file && sync");
  await rebootComputer("old");
  expect(await readMachine(at.home, "old")).toEqual({ ...made, state: "stopped" });
  expect(await startMachine(at.home, "old")).toEqual(made);
  expect(await at.ssh(made.address, "cat /var/lib/file")).toBe("kept");
});

test("after a reboot of the computer a machine can be deleted", async () => {
  await createMachine(at.home, "old-too", at.seed);
  await rebootComputer("old-too");
  await deleteMachine(at.home, "old-too");
  expect(await tracesOf(at.home, "old-too")).toEqual([]);
});

test("a machine that has lost its network is stopped, and starts with a new one", async () => {
  const { interface: link } = await machinePaths(at.home, "cut");
  const made = await createMachine(at.home, "cut", at.seed);
  await execa("ip", ["link", "delete", link]);
  expect((await readMachine(at.home, "cut"))?.state).toBe("stopped");
  expect(await startMachine(at.home, "cut")).toEqual(made);
  expect(await at.ssh(made.address, "hostname")).toBe("cut");
});

test("a machine whose address something else has taken while it was down says so", async () => {
  const { address } = await createMachine(at.home, "moved", at.seed);
  await stopMachine(at.home, "moved");
  const thief = `thief${process.pid}`;
  await execa("ip", ["link", "add", thief, "type", "veth", "peer", "name", `peer${process.pid}`]);
  try {
    await execa("ip", ["address", "add", `${address}/32`, "dev", thief]);
    await expect(startMachine(at.home, "moved")).rejects.toThrow(
      `Machine moved keeps the address ${address} for its life, and something else on this computer has taken it`,
    );
  } finally {
    await execa("ip", ["link", "delete", thief]);
  }
  expect((await startMachine(at.home, "moved")).address).toBe(address);
});
