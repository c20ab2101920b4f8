import { planBuild } from "../build-plan.ts";
import type { NixSettings } from "../cli.ts";
import { buildClosurePaths, sizeOf } from "../closure.ts";
import { type Derivation, readDerivations } from "../derivations.ts";
import { derivationNameOf, storeNameOf } from "../store-path.ts";
import { compareBootParts, plannedBootParts } from "./boot-parts.ts";
import { type LikelyClosure, likelyClosure } from "./likely-closure.ts";
import { newcomersOf } from "./newcomers.ts";
import { comparePackages, keyOf, type PackageChange } from "./packages.ts";
import { plannedUnits } from "./planned-units.ts";
import { closureBytesOf, type SystemRecord, toPackageObject } from "./record.ts";
import type { UnitChanges } from "./units.ts";

/** What derivations tell of a system that is not built yet. */
export interface PlannedDifference {
  readonly kind: "planned";
  /** Names of the derivations to build whose outputs are no part of what ran before. */
  readonly toBuild: readonly string[];
  /** How many more are built because this computer does not have them, though they are what ran. */
  readonly rebuiltHere: number;
  /** Names of the store paths to fetch that are no part of what ran before. */
  readonly toFetch: readonly string[];
  /** What Nix says of the size of all that it fetches. */
  readonly fetchSize: string | undefined;
  /** Packages that come for certain, go for certain, or run in one version and come in another. */
  readonly packages: readonly PackageChange[];
  /** Undefined where the derivations do not tell. */
  readonly units: UnitChanges | undefined;
  /** What is another only after a reboot, in words, as far as the derivations tell. */
  readonly takesReboot: readonly string[];
  /** Undefined where nothing is on record of what ran before. */
  readonly closureBytesBefore: number | undefined;
  /** How much the closure grows, if what is not built is as big as what it replaces. */
  readonly likelyGrowth: number | undefined;
}

/** A system that is not built yet. */
export interface PlannedSystem {
  readonly difference: PlannedDifference;
  /** Undefined where nothing is on record of what ran before. */
  readonly closure: LikelyClosure | undefined;
}

export interface PlanSettings extends NixSettings {
  /**
   * Another computer builds, which has what was built before from the derivation that is named: its
   * store is not this one.
   */
  readonly elsewhere?: { readonly drvPathBefore: string | undefined } | undefined;
}

/** Tells from its derivation how a system will differ from what is on record; builds nothing. */
export async function planDifference(
  drvPath: string,
  before: SystemRecord | undefined,
  { elsewhere, ...settings }: PlanSettings,
): Promise<PlannedSystem> {
  const { drvPathBefore } = elsewhere ?? {};
  const [plan, builtBefore, closure] = await Promise.all([
    planBuild(drvPath, settings),
    drvPathBefore === undefined ? [] : buildClosurePaths(drvPathBefore),
    before && buildClosurePaths(drvPath),
  ]);
  const isBuilt = new Set(builtBefore);
  const derivations = await readDerivations(plan.build.filter((path) => !isBuilt.has(path)));
  const known = new Set(before?.objects.map(keyOf));
  const isNew = (path: string) => !known.has(keyOf(toPackageObject({ path, narSize: 0 })));
  const built = derivations.filter(({ outPaths }) => outPaths.length === 0 || outPaths.some(isNew));
  const fetched = plan.fetch.filter(isNew);
  const system = derivations.find((each) => each.drvPath === drvPath);
  const likely =
    before && likelyClosure(before.objects, await newcomersOf(derivations, plan), closure ?? []);
  const difference: PlannedDifference = {
    kind: "planned",
    toBuild: inOrderOf(plan.build, built),
    rebuiltHere: elsewhere ? 0 : derivations.length - built.length,
    toFetch: fetched.map(storeNameOf),
    fetchSize: elsewhere && fetched.length < plan.fetch.length ? undefined : plan.fetchSize,
    packages: before && likely ? comparePackages(before.objects, likely.objects).changed : [],
    units: before && (await plannedUnits(derivations, before.units)),
    takesReboot: before && system ? compareBootParts(before.boot, plannedBootParts(system)) : [],
    closureBytesBefore: before && closureBytesOf(before),
    likelyGrowth: before && likely && sizeOf(likely.objects) - closureBytesOf(before),
  };
  return { difference, closure: likely };
}

function inOrderOf(drvPaths: readonly string[], derivations: readonly Derivation[]): string[] {
  const wanted = new Set(derivations.map(({ drvPath }) => drvPath));
  return drvPaths.filter((drvPath) => wanted.has(drvPath)).map(derivationNameOf);
}
