import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { test } from "vitest";
import { type FaultName, faults, resultFile } from "./faults.ts";

/** Runs an up, or what becomes of one, and takes its time. */
export type Timed = <T>(up: () => Promise<T>) => Promise<T>;

/**
 * A test of one fault of the table, named as it is there. It takes the time of the up that the fault
 * happens to, which becomes its row's when the test has passed.
 */
export function faultTest(name: FaultName, run: (timed: Timed) => Promise<void>): void {
  test(faults[name].fault, async () => {
    let seconds: number | undefined;
    await run(async (up) => {
      const started = performance.now();
      const result = await up();
      seconds = Math.round((performance.now() - started) / 1000);
      return result;
    });
    if (seconds === undefined) throw new Error(`${name}: no up was timed.`);
    const file = resultFile(name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify({ seconds }));
  });
}
