import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { processesIn } from "../../../sandbox/machines/cgroups.ts";
import {
  createMachine,
  deleteMachine,
  readMachine,
  startMachine,
  stopMachine,
} from "../../../sandbox/machines/machine.ts";
import { machinePaths } from "../../../sandbox/machines/paths.ts";
import { copyClosureToRoot } from "../../../src/nix/store.ts";
import { makeTestHome, type TestHome, tracesOf } from "./test-home.ts";

let at: TestHome;
beforeAll(async () => {
  at = await makeTestHome();
});
afterAll(() => at[Symbol.asyncDispose]());
afterEach(() => deleteMachine(at.home, "box"));

const createBox = () => createMachine(at.home, "box", at.seed);

test("a machine keeps running when the process that made it ends, after Ctrl-C and a hang-up", async () => {
  const seed = join(at.home, "seed.json");
  await writeFile(seed, JSON.stringify(at.seed));
  const module = join(import.meta.dirname, "../../../sandbox/machines/machine.ts");
  const program = `
    import { readFileSync } from "node:fs";
    import { createMachine } from ${JSON.stringify(module)};
    const seed = JSON.parse(readFileSync(${JSON.stringify(seed)}, "utf8"));
    await createMachine(${JSON.stringify(at.home)}, "box", seed);
    process.once("SIGINT", () => process.kill(-process.pid, "SIGHUP"));
    process.kill(-process.pid, "SIGINT");
    setInterval(() => {}, 1000);
  `;
  const args = ["--input-type=module-typescript", "--eval", program];
  const { signal } = await execa(process.execPath, args, { detached: true, reject: false });
  expect(signal).toBe("SIGHUP");
  const { address } = await startMachine(at.home, "box");
  expect(await at.ssh(address, "hostname")).toBe("box");
  const { cgroup } = await machinePaths(at.home, "box");
  const { stdout } = await execa("ps", ["-o", "comm=", ...(await processesIn(cgroup)).map(String)]);
  expect(stdout.split("\n")).toEqual(
    expect.arrayContaining(["supervise", "systemd-nspawn", "split"]),
  );
});

test("no secret of the environment that made a machine is in that of its processes", async () => {
  process.env.PULUMI_CONFIG_PASSPHRASE = "poison-7d1f";
  try {
    await createBox();
  } finally {
    delete process.env.PULUMI_CONFIG_PASSPHRASE;
  }
  const { namespace } = await machinePaths(at.home, "box");
  const { stdout: all } = await execa("ps", ["-e", "-o", "args", "e"]);
  expect(all.split("\n").filter((line) => line.includes(namespace))).not.toEqual([]);
  expect(all).not.toContain("poison-7d1f");
});

test("stop and start keep the disk and the addresses", async () => {
  const made = await createBox();
  await at.ssh(made.address, "echo kept > /var/lib/file && sync");
  await stopMachine(at.home, "box");
  expect(await readMachine(at.home, "box")).toEqual({ ...made, state: "stopped" });
  expect(await startMachine(at.home, "box")).toEqual(made);
  expect(await at.ssh(made.address, "cat /var/lib/file")).toBe("kept");
});

test("stop powers the machine off cleanly: its units are stopped, not killed", async () => {
  const { address } = await createBox();
  const unit = "/run/systemd/system/witness.service";
  const lines = ["[Service]", "Type=oneshot", "RemainAfterExit=yes", "ExecStart=/bin/true"];
  const text = [...lines, "ExecStop=/bin/touch /var/lib/stopped"].join("\\n");
  await at.ssh(
    address,
    `printf '${text}\\n' >${unit}; systemctl daemon-reload; systemctl start witness`,
  );
  await stopMachine(at.home, "box");
  const { upper } = await machinePaths(at.home, "box");
  expect(await readdir(join(upper, "var/lib"))).toContain("stopped");
});

test("a stopped machine leaves only its folder", async () => {
  await createBox();
  await stopMachine(at.home, "box");
  const { folder } = await machinePaths(at.home, "box");
  expect(await tracesOf(at.home, "box")).toEqual([folder]);
});

test("a reboot from inside brings it up on the system that its profile points at", async () => {
  const { address } = await createBox();
  const { root } = await machinePaths(at.home, "box");
  const next = await at.addSystem(`next-${process.pid}`);
  await copyClosureToRoot(next, root);
  await at.ssh(address, `nix-env --profile /nix/var/nix/profiles/system --set ${next}`);
  await at.ssh(address, "echo kept > /var/lib/file; systemctl reboot").catch(() => undefined);
  const booted = () => at.ssh(address, "readlink /run/booted-system").catch(() => undefined);
  await expect.poll(booted, { timeout: 20_000 }).toBe(next);
  expect(await at.ssh(address, "cat /var/lib/file")).toBe("kept");
  expect(await at.ssh(address, "systemctl is-system-running --wait")).toBe("running");
});

test("a machine that powers itself off is stopped, and starts again", async () => {
  const { address } = await createBox();
  await at.ssh(address, "systemctl poweroff").catch(() => undefined);
  const state = async () => (await readMachine(at.home, "box"))?.state;
  await expect.poll(state, { timeout: 20_000 }).toBe("stopped");
  expect((await startMachine(at.home, "box")).state).toBe("running");
});

test("delete leaves no process, mount, namespace, interface, control group or file", async () => {
  await createBox();
  expect(await tracesOf(at.home, "box")).not.toEqual([]);
  await deleteMachine(at.home, "box");
  expect(await tracesOf(at.home, "box")).toEqual([]);
  expect(await readMachine(at.home, "box")).toBeUndefined();
});

test("delete takes a machine's files away under somebody who looks around in them", async () => {
  await createBox();
  const { root } = await machinePaths(at.home, "box");
  const visitor = execa("sleep", ["60"], { cwd: root, reject: false });
  try {
    await deleteMachine(at.home, "box");
  } finally {
    visitor.kill();
    await visitor;
  }
  expect(await tracesOf(at.home, "box")).toEqual([]);
});

test("delete of a machine that is not there succeeds, also where no machine ever was", async () => {
  await deleteMachine(at.home, "nobody");
  await deleteMachine(join(at.home, "nowhere"), "nobody");
  expect(await readMachine(join(at.home, "nowhere"), "nobody")).toBeUndefined();
});

test("starting a machine that is not there says so, and leaves nothing", async () => {
  await mkdir(join(at.home, "machines"), { recursive: true });
  await expect(startMachine(at.home, "nobody")).rejects.toThrow(
    `There is no sandbox machine nobody in ${join(at.home, "machines")}.`,
  );
  expect(await tracesOf(at.home, "nobody")).toEqual([]);
});

test("a system that cannot boot fails with the console's last lines, and leaves nothing", async () => {
  const broken = await at.addSystem(
    `broken-${process.pid}`,
    "#!/bin/sh\necho the reason >&2; exit 1\n",
  );
  await expect(createMachine(at.home, "box", { ...at.seed, system: broken })).rejects.toThrow(
    "Sandbox machine box did not come up: it powered off while booting. Its console's last lines:\nthe reason",
  );
  expect(await tracesOf(at.home, "box")).toEqual([]);
});

test("without a base root the error says what makes one", async () => {
  const home = join(at.home, "no-root");
  await mkdir(home);
  await expect(createMachine(home, "box", at.seed)).rejects.toThrow(
    `There is no base root for sandbox machines at ${join(home, "root")}. Run sandbox/setup, which makes it.`,
  );
});
