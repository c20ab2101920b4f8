import { mkdir, readdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { endProcesses } from "./processes.ts";

/**
 * A machine's processes are those in its control group: the kernel keeps the list, so it holds
 * after a crash at any point and cannot be fooled by a process id that is used again. One of its own
 * also keeps the systemds of two machines from managing the same groups.
 */
export async function makeCgroups(name: string): Promise<string[]> {
  const folders = (await hierarchies()).map((hierarchy) => join(hierarchy, name));
  if (folders.length === 0) {
    throw new Error(
      "No control group hierarchy is mounted on this computer, which systemd in a sandbox machine needs. " +
        "Mount one: mount -t cgroup2 none /sys/fs/cgroup",
    );
  }
  await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true })));
  return folders;
}

/** Process ids, as this computer sees them, of all that runs in the group or below it. */
export async function processesIn(name: string): Promise<number[]> {
  const [hierarchy] = await hierarchies();
  if (hierarchy === undefined) return [];
  const groups = await groupsBelow(join(hierarchy, name));
  const lists = await Promise.all(groups.map((group) => readProcesses(group)));
  return lists.flat();
}

/** Ends whatever runs in the group and removes it. */
export async function removeCgroups(name: string): Promise<void> {
  await endProcesses(() => processesIn(name));
  for (const hierarchy of await hierarchies()) await removeGroup(join(hierarchy, name));
}

/** The kernel frees a group a moment after its last process. */
async function removeGroup(folder: string): Promise<void> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    try {
      for (const group of (await groupsBelow(folder)).reverse()) await rmdir(group);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== "EBUSY" && code !== "ENOENT") || Date.now() > deadline) throw error;
      await delay(10);
    }
  }
}

/** The group and those in it, outer ones first. */
async function groupsBelow(group: string): Promise<string[]> {
  const entries = await readdir(group, { withFileTypes: true }).catch(whenGone([]));
  const inner = entries.filter((entry) => entry.isDirectory());
  const below = await Promise.all(inner.map(({ name }) => groupsBelow(join(group, name))));
  return (await isGroup(group)) ? [group, ...below.flat()] : [];
}

async function isGroup(folder: string): Promise<boolean> {
  return (
    (await readFile(join(folder, "cgroup.procs"), "utf8").catch(whenGone(undefined))) !== undefined
  );
}

async function readProcesses(group: string): Promise<number[]> {
  const list = await readFile(join(group, "cgroup.procs"), "utf8").catch(whenGone(""));
  return list.split("\n").filter(Boolean).map(Number);
}

function whenGone<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === "ENOENT" || error.code === "ENODEV") return value;
    throw error;
  };
}

/** Those in which systemd keeps its services: cgroup2 first, then `name=systemd` of version 1. */
async function hierarchies(): Promise<string[]> {
  const mounts = (await readFile("/proc/self/mounts", "utf8"))
    .split("\n")
    .map((line) => line.split(" "));
  const find = (type: string, option: string) =>
    mounts.find(
      ([, , mountedType, options = ""]) =>
        mountedType === type && `,${options},`.includes(`,${option},`),
    )?.[1];
  return [find("cgroup2", "rw"), find("cgroup", "name=systemd")].filter(
    (path) => path !== undefined,
  );
}
