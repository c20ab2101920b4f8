import type { ResourceHookArgs } from "@pulumi/pulumi";
import { compareRecords } from "../nix/difference/difference.ts";
import { tell } from "../tell.ts";
import { comparisonOf, recordOfSystem } from "./known-systems.ts";
import type { Length } from "./listed.ts";
import { addToReport } from "./report.ts";
import { type Arrival, type Difference, describeDifference } from "./text.ts";

export interface ActivationSettings {
  readonly diff: Length;
  readonly arrival: Arrival;
}

/** By what they run and what comes. */
const told = new Set<string>();

/** Shows what changes on a machine, unless its build or another machine has shown it. */
export async function foretellActivation(
  { urn, name, oldInputs, newInputs }: ResourceHookArgs,
  { diff, arrival }: ActivationSettings,
): Promise<void> {
  const [runs, next] = [systemIn(oldInputs?.create), systemIn(newInputs?.create)];
  if (runs === undefined || next === undefined || runs === next) return;
  if (comparisonOf(next)?.before === runs || told.has(runs + next)) return;
  told.add(runs + next);
  const difference = await differenceBetween(runs, next);
  if (!difference) return;
  addToReport({ name, difference, arrival });
  await tell(urn, [
    `against what runs there, ${runs}:`,
    ...describeDifference(difference, diff, arrival),
  ]);
}

/** Undefined for a new system that this computer neither builds nor has. */
async function differenceBetween(runs: string, next: string): Promise<Difference | undefined> {
  const before = await recordOfSystem(runs);
  const comparison = comparisonOf(next);
  if (comparison) return comparison.differenceFrom(before);
  const after = await recordOfSystem(next);
  return after && compareRecords(before, after);
}

/** By the name that NixOS gives to a system: the command may name other store paths, too. */
function systemIn(command: unknown): string | undefined {
  if (typeof command !== "string") return undefined;
  return /\/nix\/store\/[a-z0-9]{32}-nixos-system-[\w.+?=-]+/.exec(command)?.[0];
}
