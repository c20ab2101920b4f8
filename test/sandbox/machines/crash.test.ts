import { rm } from "node:fs/promises";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { processesIn } from "../../../sandbox/machines/cgroups.ts";
import {
  createMachine,
  deleteMachine,
  readMachine,
  startMachine,
  stopMachine,
} from "../../../sandbox/machines/machine.ts";
import { machinePaths } from "../../../sandbox/machines/paths.ts";
import { runAndKillAtCommand, type Step } from "./dying-commands.ts";
import { rebootComputer } from "./reboot-computer.ts";
import { makeTestHome, type TestHome, tracesOf } from "./test-home.ts";

let at: TestHome;
beforeAll(async () => {
  at = await makeTestHome();
});
afterAll(() => at[Symbol.asyncDispose]());

/** Lets a step be killed at each of its commands in turn, each time with a machine of its own. */
async function atEachCommand(
  step: Step[0],
  prepare: (box: string) => Promise<unknown>,
  check: (box: string) => Promise<void>,
): Promise<void> {
  const numbers = (await countCommands([step, "whole"], () => prepare("whole"))).values();
  const work = async () => {
    for (const n of numbers) {
      const box = `${step.toLowerCase()}-${n}`;
      await prepare(box);
      expect(await runAndKillAtCommand(at, [step, box], n)).toMatchObject({ wasKilled: true });
      await check(box);
      await deleteMachine(at.home, box);
      expect(await tracesOf(at.home, box)).toEqual([]);
    }
  };
  await Promise.all([work(), work()]);
}

/** The numbers of the commands that the step calls when nothing stops it: 1, 2, 3... */
async function countCommands(step: Step, prepare: () => Promise<unknown>): Promise<number[]> {
  await prepare();
  const { calls } = await runAndKillAtCommand(at, step, 0);
  await deleteMachine(at.home, step[1]);
  expect(calls).toBeGreaterThanOrEqual(5);
  return Array.from({ length: calls }, (_, index) => index + 1);
}

test("a create that was killed at any command is done whole by the next one", async () => {
  await atEachCommand(
    "createMachine",
    async () => {},
    async (box) => {
      const { address } = await createMachine(at.home, box, at.seed);
      expect(await at.ssh(address, "hostname; nix-store --verify --check-contents")).toBe(box);
    },
  );
});

test("a create that was killed at any command leaves nothing that delete does not find", async () => {
  await atEachCommand(
    "createMachine",
    async () => {},
    async () => {},
  );
});

test("a delete that was killed at any command is done by the next one", async () => {
  await atEachCommand(
    "deleteMachine",
    (box) => createMachine(at.home, box, at.seed),
    async () => {},
  );
});

test("a start that was killed at any command is done by the next one, with the disk", async () => {
  const prepare = async () => {
    const { address } = await createMachine(at.home, "phoenix", at.seed);
    await at.ssh(address, "echo kept > /var/lib/file && sync");
    await rebootComputer(at.home, "phoenix");
  };
  const numbers = await countCommands(["startMachine", "phoenix"], prepare);
  await prepare();
  for (const n of numbers) {
    const killed = await runAndKillAtCommand(at, ["startMachine", "phoenix"], n);
    expect(killed).toMatchObject({ wasKilled: true });
    const { address } = await startMachine(at.home, "phoenix");
    expect(await at.ssh(address, "cat /var/lib/file")).toBe("kept");
    await rebootComputer(at.home, "phoenix");
  }
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

test("after a reboot of the computer a machine is stopped, and starts with its disk", async () => {
  const made = await createMachine(at.home, "old", at.seed);
  await at.ssh(made.address, "echo kept > /var/lib/file && sync");
  await rebootComputer(at.home, "old");
  expect(await readMachine(at.home, "old")).toEqual({ ...made, state: "stopped" });
  expect(await startMachine(at.home, "old")).toEqual(made);
  expect(await at.ssh(made.address, "cat /var/lib/file")).toBe("kept");
});

test("after a reboot of the computer a machine can be deleted", async () => {
  await createMachine(at.home, "old-too", at.seed);
  await rebootComputer(at.home, "old-too");
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

test("a machine whose base root is gone says so, and can be deleted", async () => {
  await createMachine(at.home, "rootless", at.seed);
  await rebootComputer(at.home, "rootless");
  const { lower } = await machinePaths(at.home, "rootless");
  await rm(lower);
  await expect(startMachine(at.home, "rootless")).rejects.toThrow(
    `The base root that machine rootless was made on is gone (${lower} links to it).`,
  );
  await deleteMachine(at.home, "rootless");
  expect(await tracesOf(at.home, "rootless")).toEqual([]);
});
