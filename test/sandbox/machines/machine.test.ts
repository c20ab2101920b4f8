import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
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

test("a made machine answers over SSH with its host key, at both of its addresses", async () => {
  const { address, address6, state } = await createBox();
  expect(state).toBe("running");
  expect(await at.ssh(address, "hostname")).toBe("box");
  expect(await at.ssh(address6, "hostname")).toBe("box");
});

test("another host key than the one it was made with is refused", async () => {
  const { address } = await createBox();
  const otherKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGd0n2Vn5lLhQyGK0S0WZQ3B3eQ0z2x0f7mX0l1u9m4P";
  await expect(at.ssh(address, "true", otherKey)).rejects.toThrow("Host key verification failed");
});

test("a machine sees this computer's end of its wire as the caller", async () => {
  const { address } = await createBox();
  const [first, second, third, last] = address.split(".");
  expect((await at.ssh(address, "echo $SSH_CLIENT")).split(" ")[0]).toBe(
    `${first}.${second}.${third}.${Number(last) - 1}`,
  );
});

test("systemd is PID 1, all its units are well, and it knows that it is in a container", async () => {
  const { address } = await createBox();
  const script = "systemctl is-system-running --wait; cat /proc/1/comm; systemd-detect-virt";
  expect(await at.ssh(address, script)).toBe("running\nsystemd\nsystemd-nspawn");
});

test("its store has the system whole, and collecting garbage there keeps it", async () => {
  const { address } = await createBox();
  await at.ssh(
    address,
    "nix-collect-garbage --delete-old && nix-store --verify-path /run/booted-system/",
  );
  expect(await at.ssh(address, "ls /nix/store")).toBe(at.seed.system.replace("/nix/store/", ""));
});

test("its host key is readable by root alone, and its machine-id is its own", async () => {
  const { address } = await createBox();
  const other = await createMachine(at.home, "other", at.seed);
  expect(await at.ssh(address, "stat -c '%a %U:%G' /etc/ssh/ssh_host_ed25519_key*")).toBe(
    "600 root:root\n644 root:root",
  );
  const ids = [address, other.address].map((each) => at.ssh(each, "cat /etc/machine-id"));
  expect(new Set(await Promise.all(ids)).size).toBe(2);
});

test("a machine may set up a firewall of its own, which this computer does not see", async () => {
  const { address } = await createBox();
  await at.ssh(address, "nft add table inet of-the-box");
  expect(await at.ssh(address, "nft list tables")).toBe("table inet of-the-box");
  expect((await execa("nft", ["list", "tables"])).stdout).not.toContain("of-the-box");
});

test("a machine keeps running when the process that made it ends, and the terminal hangs up", async () => {
  const seed = join(at.home, "seed.json");
  await writeFile(seed, JSON.stringify(at.seed));
  const module = join(import.meta.dirname, "../../../sandbox/machines/machine.ts");
  const program = `
    import { readFileSync } from "node:fs";
    import { createMachine } from ${JSON.stringify(module)};
    const seed = JSON.parse(readFileSync(${JSON.stringify(seed)}, "utf8"));
    await createMachine(${JSON.stringify(at.home)}, "box", seed);
    process.kill(-process.pid, "SIGHUP");
    process.kill(-process.pid, "SIGINT");
  `;
  await execa(process.execPath, ["--input-type=module-typescript", "--eval", program], {
    detached: true,
    reject: false,
  });
  const machine = await readMachine(at.home, "box");
  expect(machine?.state).toBe("running");
  expect(await at.ssh(machine?.address ?? "", "hostname")).toBe("box");
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

test("delete removes files that were made immutable, and does so under somebody who looks around", async () => {
  const { address } = await createBox();
  const { root } = await machinePaths(at.home, "box");
  await at.ssh(address, "mkdir /var/none && chattr +i /var/none");
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

test("a machine's name that another stack has is refused, and that machine runs on", async () => {
  const { address } = await createBox();
  const hostPublicKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGd0n2Vn5lLhQyGK0S0WZQ3B3eQ0z2x0f7mX0l1u9m4P";
  await expect(createMachine(at.home, "box", { ...at.seed, hostPublicKey })).rejects.toThrow(
    "There is a sandbox machine box already, with another host key",
  );
  expect(await at.ssh(address, "hostname")).toBe("box");
});

test("what a machine prints on its console is kept, but never more than a megabyte", async () => {
  const { address } = await createBox();
  const { folder, console } = await machinePaths(at.home, "box");
  await at.ssh(address, "yes 'a line for the console' | head -c 3000000 >/dev/console; sync");
  const sizes = async () => {
    const logs = (await readdir(folder)).filter((name) => name.startsWith("console"));
    return Promise.all(logs.map(async (name) => (await stat(join(folder, name))).size));
  };
  expect((await sizes()).every((size) => size <= 512 * 1024)).toBe(true);
  expect((await sizes()).length).toBe(2);
  await at.ssh(address, "echo the end >/dev/console");
  await expect
    .poll(async () => (await execa("tail", ["-n", "1", console])).stdout)
    .toContain("the end");
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
