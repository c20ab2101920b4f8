import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { BuildPlan } from "../build-plan.ts";
import { closureOfAll } from "../closure.ts";
import { type Derivation, readDerivations } from "../derivations.ts";
import { storeNameOf } from "../store-path.ts";

/** A store path that may come into a system with a build, as far as derivations tell. */
export interface Newcomer {
  readonly path: string;
  /** Undefined for what is not in this computer's store yet. */
  readonly narSize: number | undefined;
  /** What else it needs for certain. */
  readonly needs: readonly string[];
  /** Here already, and nothing is built from it but from what needs it. */
  readonly isIndirect: boolean;
}

/**
 * All that a build may bring into a system: what it builds and fetches, and what this computer has
 * already of what it is built from, with all that this needs. By store path.
 */
export async function newcomersOf(
  derivations: readonly Derivation[],
  plan: BuildPlan,
): Promise<Map<string, Newcomer>> {
  const found = new Map<string, Newcomer>();
  const add = (newcomer: Newcomer) => found.set(newcomer.path, newcomer);
  const inputs = new Set(await presentInputs(derivations, plan));
  // One that is there and yet not valid makes Nix tell of none; then the rest is told without them.
  const present = await closureOfAll([...inputs]).catch(() => []);
  for (const { path, narSize, references } of present)
    add({ path, narSize, needs: references, isIndirect: !inputs.has(path) });
  for (const path of plan.fetch) add({ path, narSize: undefined, needs: [], isIndirect: false });
  for (const derivation of derivations) {
    const needs = neededBy(derivation);
    for (const path of derivation.outPaths)
      add({ path, narSize: undefined, needs, isIndirect: false });
  }
  return found;
}

/** What this computer has of what the derivations are built from. */
async function presentInputs(
  derivations: readonly Derivation[],
  plan: BuildPlan,
): Promise<string[]> {
  const toBuild = new Set(plan.build);
  const inputs = derivations.flatMap((each) => each.inputs);
  const others = [...new Set(inputs.map(({ drvPath }) => drvPath))].filter(
    (drvPath) => !toBuild.has(drvPath),
  );
  const read = new Map((await readDerivations(others)).map((each) => [each.drvPath, each]));
  const wanted = [
    ...derivations.flatMap(({ sources }) => sources),
    ...inputs.flatMap(({ drvPath, outputs }) =>
      outputs.flatMap((name) => read.get(drvPath)?.outputs[name] ?? []),
    ),
  ];
  const missing = new Set(plan.fetch);
  return wanted.filter((path) => !missing.has(path) && existsSync(path));
}

/**
 * What an output of the derivation refers to whatever the build does: what the text of a file names,
 * such as a unit's, the files of a NixOS system's `etc`, and the packages in its path.
 */
function neededBy({ drvPath, environment }: Derivation): string[] {
  const { text = "", buildCommand = "", chosenOutputs, pkgs = "" } = environment;
  const name = storeNameOf(drvPath);
  const kept = [
    text,
    ...(name === "etc.drv" ? [buildCommand] : []),
    // `pkgs` until NixOS 25.11.
    ...(name === "system-path.drv" ? [chosenOutputs ?? pkgs] : []),
  ].join("\n");
  return storePathsIn(kept, dirname(drvPath));
}

function storePathsIn(text: string, folder: string): string[] {
  const names = text.split(`${folder}/`).slice(1);
  return names.flatMap((rest) => {
    const name = /^[a-z0-9]{32}-[\w.+?=-]+/.exec(rest)?.[0];
    return name === undefined ? [] : [`${folder}/${name}`];
  });
}
