import { copyFile, mkdir, mkdtemp, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { sandboxHome } from "../../../sandbox/machines/paths.ts";

const script = join(import.meta.dirname, "../../../sandbox/machines/root");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "root-"));
  onTestFinished(() => rm(folder, { recursive: true }));
});

const run = (args: readonly string[], env: Record<string, string> = {}, file = script) =>
  execa(file, args, { env, reject: false, all: true });

test("the base root that is there is this script's, and a second run does nothing", async () => {
  const root = join(sandboxHome(), "root");
  const target = await readlink(root);
  const { exitCode, all } = await run([root]);
  expect({ exitCode, all }).toEqual({ exitCode: 0, all: "" });
  expect(await readlink(root)).toBe(target);
});

test("the base root has no identity of its own, and none of Debian's sshd", async () => {
  const root = join(sandboxHome(), "root");
  const find = ["etc/machine-id", "etc/hostname", "etc/ssh", "etc/systemd/system"].map((path) =>
    join(root, path),
  );
  const names = ["-name", "machine-id", "-o", "-name", "hostname", "-o", "-name", "ssh_host_*"];
  const { stdout } = await execa("find", [...find, ...names, "-o", "-name", "ssh*.service"], {
    reject: false,
  });
  expect(stdout).toBe("");
  const ssh = await readlink(join(root, "usr/lib/systemd/system/ssh.service"));
  expect(ssh).toBe("/dev/null");
});

test("without a folder to make it says how it is called", async () => {
  const { exitCode, all } = await run([]);
  expect({ exitCode, all }).toEqual({
    exitCode: 1,
    all: "sandbox/machines/root: usage: sandbox/machines/root DIR",
  });
});

test("on a computer without debootstrap it names all that is missing and who installs it", async () => {
  for (const tool of ["bash", "dirname", "basename"]) {
    await execa("ln", ["-s", `/usr/bin/${tool}`, join(folder, tool)]);
  }
  const { exitCode, all } = await run([join(folder, "root")], { PATH: folder });
  expect({ exitCode, all: all.split("\n") }).toEqual({
    exitCode: 1,
    all: [
      "sandbox/machines/root: missing on this computer: debootstrap flock sha256sum unshare",
      "sandbox/machines/root: they make the root file system of the sandbox machines; run sandbox/setup, which installs them",
    ],
  });
});

test("a folder of somebody else in its place is left alone", async () => {
  await mkdir(join(folder, "root"));
  const { exitCode, all } = await run([join(folder, "root")]);
  expect({ exitCode, all: all.split("\n") }).toEqual({
    exitCode: 1,
    all: [
      `sandbox/machines/root: ${folder}/root is there and is not a link made by this script`,
      "sandbox/machines/root: move it away and run again",
    ],
  });
});

test("when Debian cannot be fetched the error has debootstrap's words, and no root is left", async () => {
  const { exitCode, all } = await run([join(folder, "root")], {
    SANDBOX_DEBIAN_MIRROR: "http://127.0.0.1:9",
  });
  expect(exitCode).toBe(1);
  expect(all.split("\n").slice(-3)).toEqual([
    expect.stringMatching(/^E: /),
    `sandbox/machines/root: debootstrap could not make bookworm; its last lines are above, all of them in ${folder}/cache/deb/debootstrap.log`,
    "sandbox/machines/root: a mirror of your own can be named in SANDBOX_DEBIAN_MIRROR",
  ]);
  await expect(readlink(join(folder, "root"))).rejects.toThrow("ENOENT");
});

test("a changed script goes on to the next root, and keeps the ones that machines are made on", async () => {
  const changed = join(folder, "changed");
  await copyFile(script, changed);
  await writeFile(changed, "\n# changed\n", { flag: "a" });
  const { stdout } = await execa("sha256sum", [changed]);
  const next = `root-${stdout.slice(0, 12)}`;
  // What an interrupted run leaves when all but the link is done.
  for (const name of [next, "root-used", "root-unused", "machines/box"]) {
    await mkdir(join(folder, name), { recursive: true });
  }
  await execa("ln", ["-s", "../../root-used", join(folder, "machines/box/lower")]);
  await execa("ln", ["-s", "root-used", join(folder, "root")]);
  const { exitCode, all } = await run([join(folder, "root")], {}, changed);
  expect(exitCode).toBe(0);
  expect(all.split("\n")[0]).toBe("base root: removing root-unused, which no machine uses");
  expect(await readlink(join(folder, "root"))).toBe(next);
  expect((await execa("ls", [folder])).stdout.split("\n")).toEqual(
    ["cache", "changed", "machines", "root", next, "root-used"].sort(),
  );
});
