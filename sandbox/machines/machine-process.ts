import { readFile, rename, rm, stat } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { makeCgroups, processesIn, removeCgroups } from "./cgroups.ts";
import { hostPath } from "./host-command.ts";
import { raiseKernelLimits } from "./kernel-limits.ts";
import type { MachinePaths } from "./paths.ts";

const supervise = fileURLToPath(new URL("./supervise", import.meta.url));

/** What systemd as PID 1 takes as the order to power off. */
const powerOffSignal = "SIGRTMIN+3";
const powerOffSeconds = 20;

/**
 * Boots the machine from its mounted disk in its network. It belongs to no session of ours, so it
 * runs on when we end, the terminal closes or Ctrl-C is pressed.
 */
export async function startProcess(
  paths: MachinePaths,
  more: readonly string[] = [],
): Promise<void> {
  await raiseKernelLimits();
  const cgroups = await makeCgroups(paths.cgroup);
  await rename(paths.console, `${paths.console}.1`).catch(() => undefined);
  const subprocess = execa(supervise, [...cgroups, "--", ...nspawnArguments(paths, more)], {
    cwd: paths.folder,
    detached: true,
    cleanup: false,
    stdio: ["ignore", "pipe", "ignore"],
    buffer: false,
    reject: false,
    // Nothing of our environment, which holds the stack's passphrase, for the life of the machine.
    extendEnv: false,
    env: { PATH: hostPath() },
  });
  if (subprocess.pid === undefined) throw await subprocess;
  subprocess.nodeChildProcess.unref();
  // Ends when the process has joined its control groups, from when on it is found in them.
  const complaint = await text(subprocess.stdout);
  if (complaint) throw new Error(`Machine ${paths.name} could not be started: ${complaint}`);
}

export async function isProcessRunning(paths: MachinePaths): Promise<boolean> {
  return (await processesIn(paths.cgroup)).length > 0;
}

/** The process that is the machine's init, as this computer sees it; undefined while there is none. */
export async function initProcess(paths: MachinePaths): Promise<number | undefined> {
  for (const pid of await processesIn(paths.cgroup)) {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    if (/^NSpid:\t\d+\t1$/m.test(status)) return pid;
  }
  return undefined;
}

/** Powers the machine off; one that does not in 20 seconds has its plug pulled. */
export async function powerOffProcess(paths: MachinePaths): Promise<void> {
  const asked = new Set<number>();
  const deadline = Date.now() + powerOffSeconds * 1000;
  while (Date.now() < deadline && (await isProcessRunning(paths))) {
    for (const pid of await nspawnProcesses(paths)) {
      // nspawn takes a second signal as the order to kill.
      if (!asked.has(pid)) process.kill(pid, "SIGTERM");
      asked.add(pid);
    }
    await delay(20);
  }
  await killProcess(paths);
}

/** Ends all processes of the machine at once. */
export async function killProcess(paths: MachinePaths): Promise<void> {
  await removeCgroups(paths.cgroup);
  await removeTraces(paths);
}

/** What systemd-nspawn removes when it ends by itself, but not when it is killed. */
async function removeTraces({ root, namespace }: MachinePaths): Promise<void> {
  await rm(`/run/systemd/nspawn/propagate/${namespace}`, { recursive: true, force: true });
  const found = await stat(root).catch(() => undefined);
  if (found) await rm(`/run/systemd/nspawn/locks/inode-${found.dev}:${found.ino}`, { force: true });
}

async function nspawnProcesses(paths: MachinePaths): Promise<number[]> {
  const processes = await processesIn(paths.cgroup);
  const names = await Promise.all(
    processes.map((pid) => readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")),
  );
  return processes.filter((_, index) => names[index]?.trim() === "systemd-nspawn");
}

function nspawnArguments(paths: MachinePaths, more: readonly string[]): string[] {
  return [
    "--quiet",
    "--settings=no",
    `--directory=${paths.root}`,
    `--machine=${paths.namespace}`,
    `--hostname=${paths.name}`,
    `--network-namespace-path=/run/netns/${paths.namespace}`,
    // The machine has a firewall of its own.
    "--capability=CAP_NET_ADMIN",
    // As systemd gives its services on a computer, whatever this shell's limit is.
    "--rlimit=NOFILE=1024:524288",
    "--register=no",
    "--keep-unit",
    `--kill-signal=${powerOffSignal}`,
    "--resolv-conf=off",
    "--timezone=off",
    "--link-journal=no",
    "--console=read-only",
    ...more,
    "/nix/var/nix/profiles/system/init",
  ];
}
