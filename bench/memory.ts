import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { descendants } from "../sandbox/language-host/process-tree.ts";

const LOOK_EVERY_MS = 50;

/**
 * The most memory in MiB that all processes together had which the work started, at any depth, as long
 * as they were this process's descendants: the sum of their proportional set sizes, in which what
 * several processes share counts once. Each look is in one go: with many machines on this computer one that
 * waits its turn would come when the processes are gone.
 */
export async function peakMemoryOf(work: () => Promise<unknown>): Promise<number> {
  const before = new Set(descendants(process.pid));
  let isOver = false;
  const working = work().finally(() => {
    isOver = true;
  });
  let peak = 0;
  const watching = (async () => {
    while (!isOver) {
      const sizes = descendants(process.pid)
        .filter((pid) => !before.has(pid))
        .map(proportionalKiB);
      peak = Math.max(peak, sizes.reduce((sum, size) => sum + size, 0) / 1024);
      await setTimeout(LOOK_EVERY_MS);
    }
  })();
  await Promise.all([working, watching]);
  return peak;
}

/** A process that has ended meanwhile has none. */
function proportionalKiB(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Pss: +(\d+) kB$/m.exec(rollup)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
