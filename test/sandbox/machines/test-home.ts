import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { deleteMachine } from "../../../sandbox/machines/machine.ts";
import { type MachinePaths, machinePaths, sandboxHome } from "../../../sandbox/machines/paths.ts";
import type { Seed } from "../../../sandbox/machines/seed.ts";
import type { SshTarget } from "../../../src/ssh/target.ts";
import { addSystemToStore, bootingInit, removeSystems } from "./bootable-system.ts";

/** A sandbox of its own for a test file: real machines on the real base root, none of anybody else. */
export interface TestHome extends AsyncDisposable {
  readonly home: string;
  /** What machines of the test are made from. */
  readonly seed: Seed;
  /** Adds another system that lets the test in, unless its init is another one. */
  addSystem(name: string, init?: string, otherScripts?: Record<string, string>): Promise<string>;
  /** How a machine that was made from the seed lets the test in. */
  targetOf(address: string): SshTarget & { readonly privateKey: string };
  /** Runs a command on a machine over SSH, with the host key of the seed pinned. */
  ssh(address: string, command: string, hostPublicKey?: string): Promise<string>;
}

export async function makeTestHome(): Promise<TestHome> {
  // Beside the real machines, so on the same kind of file system.
  const home = await mkdtemp(join(sandboxHome(), "test-"));
  const systems: string[] = [];
  await symlink(await realpath(join(sandboxHome(), "root")), join(home, "root"));
  const [host, user] = await Promise.all([makeKey(home, "host"), makeKey(home, "user")]);
  const addSystem: TestHome["addSystem"] = async (
    name,
    init = bootingInit(user.publicKey),
    otherScripts = {},
  ) => {
    const system = await addSystemToStore(name, { init, ...otherScripts });
    systems.push(system);
    return system;
  };
  const ssh = async (address: string, command: string, hostPublicKey = host.publicKey) => {
    const knownHosts = join(home, `known-hosts-${address}`);
    await writeFile(knownHosts, `${address} ${hostPublicKey}\n`);
    const options = { UserKnownHostsFile: knownHosts, IdentityFile: join(home, "user") };
    return (await execa("ssh", [...sshArguments(options), `root@${address}`, command])).stdout;
  };
  return {
    home,
    seed: {
      system: await addSystem(`system-${process.pid}`),
      hostPrivateKey: host.privateKey,
      hostPublicKey: host.publicKey,
    },
    addSystem,
    targetOf: (address) => ({
      ...{ address, port: 22, user: "root", hostPublicKey: host.publicKey },
      privateKey: user.privateKey,
    }),
    ssh,
    async [Symbol.asyncDispose]() {
      const names = await readdir(join(home, "machines")).catch(() => []);
      for (const name of names) await deleteMachine(home, name);
      await removeSystems(systems);
      await rm(home, { recursive: true });
    },
  };
}

/** Everything on the computer that belongs to the machine. */
export async function tracesOf(home: string, name: string): Promise<string[]> {
  const paths = await machinePaths(home, name);
  const [mounts, links, namespaces, processes] = await Promise.all([
    readFile("/proc/self/mounts", "utf8"),
    execa("ip", ["-oneline", "link"]),
    execa("ip", ["netns", "list"]),
    execa("ps", ["-e", "-o", "args"]),
  ]);
  const lines = [mounts, links.stdout, namespaces.stdout, processes.stdout].join("\n").split("\n");
  return [...lines.filter((line) => isAbout(line, paths)), ...(await filesOf(paths))];
}

function isAbout(line: string, paths: MachinePaths): boolean {
  return [paths.folder, paths.interface, paths.namespace].some((word) => line.includes(word));
}

async function filesOf({ folder, namespace, cgroup }: MachinePaths): Promise<string[]> {
  const places = [folder, `/run/netns/${namespace}`, `/run/systemd/nspawn/propagate/${namespace}`];
  for (const parent of ["/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"]) {
    places.push(join(parent, cgroup));
  }
  return places.filter((place) => existsSync(place));
}

function sshArguments(options: Record<string, string>): string[] {
  const all = {
    BatchMode: "yes",
    ConnectTimeout: "5",
    IdentitiesOnly: "yes",
    LogLevel: "ERROR",
    StrictHostKeyChecking: "yes",
    ...options,
  };
  return ["-F", "none", ...Object.entries(all).map(([name, value]) => `-o${name}=${value}`)];
}

async function makeKey(folder: string, name: string) {
  const file = resolve(folder, name);
  await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
  const [privateKey, publicKey] = await Promise.all([
    readFile(file, "utf8"),
    readFile(`${file}.pub`, "utf8"),
  ]);
  return { privateKey, publicKey: publicKey.trim() };
}
