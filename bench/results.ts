import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Computer } from "./computer.ts";
import type { CopySamples } from "./copy.ts";
import type { Phase } from "./phases.ts";
import type { RedeploySamples } from "./redeploy.ts";
import type { PreviewSamples, UpSamples } from "./unchanged.ts";

/** All that was measured on one computer. */
export interface Results {
  readonly computer: Computer;
  readonly first: readonly Phase[];
  readonly preview: PreviewSamples;
  readonly up: UpSamples;
  /** By the number of machines. */
  readonly machines: Readonly<Record<string, RedeploySamples>>;
  readonly copy: readonly CopySamples[];
}

export type PartialResults = Partial<Results> & Pick<Results, "computer">;

/**
 * What was measured now takes the place of what the file has of the same, if that is of such a computer:
 * narrowed runs complete each other.
 */
export async function keepResults(file: string, now: PartialResults): Promise<PartialResults> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  const kept = text === undefined ? undefined : (JSON.parse(text) as PartialResults);
  const results = mergeResults(kept, now);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(results, undefined, 2)}\n`);
  return results;
}

export function isWhole(results: PartialResults): results is Results {
  const { first, preview, up, machines, copy } = results;
  return [first, preview, up, machines, copy].every((section) => section !== undefined);
}

export function mergeResults(
  kept: PartialResults | undefined,
  now: PartialResults,
): PartialResults {
  if (!kept || !isDeepStrictEqual(kept.computer, now.computer)) return now;
  const machines = { ...kept.machines, ...now.machines };
  return { ...kept, ...now, ...(Object.keys(machines).length > 0 && { machines }) };
}
