import { waitUntilIdle } from "./idle.ts";
import { peakMemoryOf } from "./memory.ts";

/** What the runs of a work took. */
export interface Sample {
  /** Of each run that counts. */
  readonly seconds: readonly number[];
  /** Of each run before those: the most memory that the processes which it started had at once. */
  readonly peakMiB: readonly number[];
}

export interface MeasureOptions {
  readonly runs: number;
  /** Runs that warm up, in which memory is measured instead of time. */
  readonly memoryRuns: number;
  /** What has to be there before each run, and is not measured itself. */
  readonly prepare?: (measured: "memory" | "seconds") => Promise<unknown>;
  /** Waits until nothing else would be measured along; until the computer is idle by default. */
  readonly settle?: () => Promise<void>;
}

/** Measures works in turn, so that what disturbs the computer meanwhile disturbs all of them. */
export async function measureInTurn<Name extends string>(
  works: Readonly<Record<Name, () => Promise<unknown>>>,
  { runs, memoryRuns, prepare, settle = waitUntilIdle }: MeasureOptions,
): Promise<Record<Name, Sample>> {
  const names = Object.keys(works) as Name[];
  const samples = Object.fromEntries(
    names.map((name) => [name, { seconds: [] as number[], peakMiB: [] as number[] }]),
  ) as Record<Name, { seconds: number[]; peakMiB: number[] }>;
  for (let run = -memoryRuns; run < runs; run++) {
    for (const name of names) {
      await prepare?.(run < 0 ? "memory" : "seconds");
      await settle();
      if (run < 0) samples[name].peakMiB.push(await peakMemoryOf(works[name]));
      else samples[name].seconds.push(await secondsOf(works[name]));
    }
  }
  return samples;
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
