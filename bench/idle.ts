import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

const LOOK_EVERY_MS = 200;
const WAIT_AT_MOST_MS = 10_000;
const BUSY_SHARE = 0.1;

/**
 * Waits until the processors have next to nothing to do, such as garbage collection that an activation
 * left to the machines; not for ever, since somebody else may use the computer.
 */
export async function waitUntilIdle(): Promise<void> {
  const deadline = performance.now() + WAIT_AT_MOST_MS;
  let before = await readTimes();
  do {
    await setTimeout(LOOK_EVERY_MS);
    const now = await readTimes();
    if (now.busy - before.busy < BUSY_SHARE * (now.all - before.all)) return;
    before = now;
  } while (performance.now() < deadline);
}

/** Ticks of all processors since boot. */
async function readTimes(): Promise<{ busy: number; all: number }> {
  const [line = ""] = (await readFile("/proc/stat", "utf8")).split("\n");
  // user nice system idle iowait irq softirq steal; what follows is counted among these.
  const times = line.split(/ +/).slice(1, 9).map(Number);
  const all = times.reduce((sum, time) => sum + time, 0);
  return { busy: all - (times[3] ?? 0) - (times[4] ?? 0), all };
}
