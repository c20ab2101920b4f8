import { readdir, readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

const LOOK_EVERY_MS = 50;

/**
 * The most memory in MiB that all processes together had which the work started, at any depth, as long
 * as they were this process's descendants: the sum of their proportional set sizes, in which what
 * several processes share counts once.
 */
export async function peakMemoryOf(work: () => Promise<unknown>): Promise<number> {
  const before = new Set(await descendantsOf(process.pid));
  let isOver = false;
  const working = work().finally(() => {
    isOver = true;
  });
  let peak = 0;
  const watching = (async () => {
    while (!isOver) {
      const processes = (await descendantsOf(process.pid)).filter((pid) => !before.has(pid));
      const sizes = await Promise.all(processes.map(proportionalKiB));
      peak = Math.max(peak, sizes.reduce((sum, size) => sum + size, 0) / 1024);
      await setTimeout(LOOK_EVERY_MS);
    }
  })();
  await Promise.all([working, watching]);
  return peak;
}

async function descendantsOf(root: number): Promise<number[]> {
  const entries = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(entries.map(parentOf));
  const children = Map.groupBy(entries, (_, at) => parents[at]);
  const found: number[] = [];
  let generation = children.get(root) ?? [];
  while (generation.length > 0) {
    found.push(...generation);
    generation = generation.flatMap((pid) => children.get(pid) ?? []);
  }
  return found;
}

/** A process that has ended meanwhile has none. */
async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The name before it, in parentheses, may hold anything.
  return Number(/.*\) \S (\d+)/s.exec(stat)?.[1]);
}

async function proportionalKiB(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return Number(/^Pss: +(\d+) kB$/m.exec(rollup)?.[1] ?? 0);
}
