import { basename } from "node:path";
import { planBuild } from "../build-plan.ts";
import type { NixSettings } from "../cli.ts";
import { buildClosureOf, sizeOf } from "../closure.ts";
import { type Derivation, readDerivations } from "../derivations.ts";
import { compareMadeUnits } from "./made-units.ts";
import { type PackageChange, type PackageObject, parsePackageName } from "./packages.ts";
import { closureBytesOf, type SystemRecord, toPackageObject } from "./record.ts";
import { parseUnit, type Unit, type UnitChanges, type Units } from "./units.ts";

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
  /** Packages that ran in one version and are built or fetched in another. */
  readonly packages: readonly PackageChange[];
  /** Undefined where the derivations do not tell. */
  readonly units: UnitChanges | undefined;
  /** Undefined where nothing is on record of what ran before. */
  readonly closureBytesBefore: number | undefined;
  /** Size of the store paths that take the place of namesakes, if they are as big as these are. */
  readonly replacedBytes: number | undefined;
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
): Promise<PlannedDifference> {
  const plan = await planBuild(drvPath, settings);
  const builtBefore = await builtFrom(elsewhere?.drvPathBefore);
  const derivations = await readDerivations(plan.build.filter((path) => !builtBefore.has(path)));
  const known = new Set(before?.objects.map(keyOf));
  const isNew = (path: string) => !known.has(keyOf(toPackageObject({ path, narSize: 0 })));
  const built = derivations.filter(({ outPaths }) => outPaths.length === 0 || outPaths.some(isNew));
  const fetched = plan.fetch.filter(isNew);
  const newNames = [...built.flatMap(({ outPaths }) => outPaths), ...fetched].map(nameOf);
  return {
    kind: "planned",
    toBuild: inOrderOf(plan.build, built),
    rebuiltHere: elsewhere ? 0 : derivations.length - built.length,
    toFetch: fetched.map(nameOf),
    fetchSize: elsewhere && fetched.length < plan.fetch.length ? undefined : plan.fetchSize,
    packages: before ? newVersions(before.objects, newNames) : [],
    units: before && (await plannedUnits(derivations, before.units)),
    closureBytesBefore: before && closureBytesOf(before),
    replacedBytes: before && sizeOfNamesakes(before.objects, newNames),
  };
}

async function builtFrom(drvPath: string | undefined): Promise<Set<string>> {
  const needed = drvPath === undefined ? [] : await buildClosureOf(drvPath);
  return new Set(needed.map(({ path }) => path));
}

function inOrderOf(drvPaths: readonly string[], derivations: readonly Derivation[]): string[] {
  const wanted = new Set(derivations.map(({ drvPath }) => drvPath));
  return drvPaths
    .filter((drvPath) => wanted.has(drvPath))
    .map((drvPath) => nameOf(drvPath).replace(/\.drv$/, ""));
}

/**
 * The text of a unit is in its derivation, so it is known before it is built. `system-units` is what
 * holds a NixOS system's units; of those of users and of the initial RAM disk no switch restarts any.
 */
async function plannedUnits(
  derivations: readonly Derivation[],
  before: Units,
): Promise<UnitChanges | undefined> {
  const named = (name: string) =>
    derivations.find((each) => nameOf(each.drvPath) === `${name}.drv`);
  const holder = named("system-units") ?? named("etc");
  const paths = holder?.inputDrvs.filter((path) => nameOf(path).startsWith("unit-")) ?? [];
  if (paths.length === 0) return undefined;
  const units = (await readDerivations(paths)).map(madeUnit);
  if (units.some((unit) => unit === undefined)) return undefined;
  return compareMadeUnits(before, Object.fromEntries(units.filter((unit) => unit !== undefined)));
}

/** By its name, without a text if it is masked; undefined where the derivation does not say. */
function madeUnit({ drvPath, environment }: Derivation): [string, Unit | undefined] | undefined {
  const { buildCommand = "", text } = environment;
  const [, safeName = "", disabled] = /^unit-(.*?)(-disabled)?\.drv$/.exec(nameOf(drvPath)) ?? [];
  // A derivation's name may not hold an @, so nixpkgs leaves the unit's to the build.
  const escapedName = /^\s*name=(.+)$/m.exec(buildCommand)?.[1];
  const name = escapedName?.replaceAll("\\\\", "\\") ?? safeName;
  if (disabled) return [name, undefined];
  return text === undefined ? undefined : [name, parseUnit(name, [text])];
}

/** Packages of which another version comes; what else is built may be needed for the build only. */
function newVersions(objects: readonly PackageObject[], names: readonly string[]): PackageChange[] {
  const before = versionsByOutput(objects.map(({ name }) => name));
  return [...versionsByOutput(names)].flatMap(([key, after]) => {
    const old = before.get(key);
    const [came, went] = [without(after, old), without(old, after)];
    const { name } = parsePackageName(key);
    return old && came.length > 0 ? [{ name, before: went, after: came, bytes: 0 }] : [];
  });
}

function versionsByOutput(names: readonly string[]): Map<string, Set<string>> {
  const outputs = new Map<string, Set<string>>();
  for (const each of names) {
    const key = withoutVersion(each);
    outputs.set(key, (outputs.get(key) ?? new Set()).add(parsePackageName(each).version));
  }
  return outputs;
}

/** The same for every version of one output of a package. */
function withoutVersion(storeName: string): string {
  const { name, output } = parsePackageName(storeName);
  return output === "" ? name : `${name}-${output}`;
}

function without(some: Set<string> | undefined, others: Set<string> | undefined): string[] {
  return [...(some ?? [])].filter((version) => !others?.has(version)).sort();
}

function sizeOfNamesakes(objects: readonly PackageObject[], names: readonly string[]): number {
  const wanted = new Set(names.map(withoutVersion));
  return sizeOf(objects.filter(({ name }) => wanted.has(withoutVersion(name))));
}

function keyOf({ hash, name }: PackageObject): string {
  return `${hash}-${name}`;
}

/** The name in a store path. */
function nameOf(path: string): string {
  return basename(path).replace(/^[^-]+-/, "");
}
