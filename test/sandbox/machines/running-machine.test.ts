import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMachine } from "../../../sandbox/machines/machine.ts";
import { machinePaths } from "../../../sandbox/machines/paths.ts";
import { makeTestHome, type TestHome } from "./test-home.ts";

let at: TestHome;
let address: string;
let address6: string;
beforeAll(async () => {
  at = await makeTestHome();
  ({ address, address6 } = await createMachine(at.home, "box", at.seed));
});
afterAll(() => at[Symbol.asyncDispose]());

test("a made machine answers over SSH with its host key, at both of its addresses", async () => {
  expect(await at.ssh(address, "hostname")).toBe("box");
  expect(await at.ssh(address6, "hostname")).toBe("box");
});

test("another host key than the one it was made with is refused", async () => {
  const otherKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGd0n2Vn5lLhQyGK0S0WZQ3B3eQ0z2x0f7mX0l1u9m4P";
  await expect(at.ssh(address, "true", otherKey)).rejects.toThrow("Host key verification failed");
});

test("a machine sees this computer's end of its wire as the caller", async () => {
  const [first, second, third, last] = address.split(".");
  expect((await at.ssh(address, "echo $SSH_CLIENT")).split(" ")[0]).toBe(
    `${first}.${second}.${third}.${Number(last) - 1}`,
  );
});

test("the kernel lets hundreds of machines watch their files", async () => {
  const setting = "/proc/sys/fs/inotify/max_user_instances";
  expect(Number(await readFile(setting, "utf8"))).toBeGreaterThanOrEqual(8192);
});

test("systemd is PID 1, all its units are well, and it knows that it is in a container", async () => {
  const script = "systemctl is-system-running --wait; cat /proc/1/comm; systemd-detect-virt";
  expect(await at.ssh(address, script)).toBe("running\nsystemd\nsystemd-nspawn");
});

test("its store has the system whole, and collecting garbage there keeps it", async () => {
  await at.ssh(
    address,
    "nix-collect-garbage --delete-old && nix-store --verify-path /run/booted-system/",
  );
  expect(await at.ssh(address, "ls /nix/store")).toBe(at.seed.system.replace("/nix/store/", ""));
});

test("its host key is readable by root alone, and its machine-id is its own", async () => {
  const other = await createMachine(at.home, "other", at.seed);
  expect(await at.ssh(address, "stat -c '%a %U:%G' /etc/ssh/ssh_host_ed25519_key*")).toBe(
    "600 root:root\n644 root:root",
  );
  const ids = [address, other.address].map((each) => at.ssh(each, "cat /etc/machine-id"));
  expect(new Set(await Promise.all(ids)).size).toBe(2);
});

test("a machine may set up a firewall of its own, which this computer does not see", async () => {
  await at.ssh(address, "nft add table inet of-the-box");
  expect(await at.ssh(address, "nft list tables")).toBe("table inet of-the-box");
  expect((await execa("nft", ["list", "tables"])).stdout).not.toContain("of-the-box");
});

test("a machine's name that another stack has is refused, and that machine runs on", async () => {
  const hostPublicKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGd0n2Vn5lLhQyGK0S0WZQ3B3eQ0z2x0f7mX0l1u9m4P";
  await expect(createMachine(at.home, "box", { ...at.seed, hostPublicKey })).rejects.toThrow(
    "There is a sandbox machine box already, with another host key",
  );
  expect(await at.ssh(address, "hostname")).toBe("box");
});

test("what a machine prints on its console is kept, but never more than a megabyte", async () => {
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
