import { derivationNameOf, storeNameOf } from "../store-path.ts";
import type { Newcomer } from "./newcomers.ts";
import { keyOf, type PackageObject } from "./packages.ts";
import { toPackageObject } from "./record.ts";
import { withoutVersion } from "./store-name.ts";

/** What a system's closure will be before it is built, as far as derivations tell. */
export interface LikelyClosure {
  /** What is not built is taken to be as big as what it replaces. */
  readonly objects: readonly PackageObject[];
  /** Names of those of which nothing tells a size, nor what they need. */
  readonly unsized: readonly string[];
}

/**
 * Takes it that what comes replaces its namesakes, and brings what it needs for certain. What has no
 * namesake, and is not named, may be needed for the build only.
 *
 * @param buildClosure what the new system is built from: it has nothing that is not in there.
 */
export function likelyClosure(
  before: readonly PackageObject[],
  newcomers: ReadonlyMap<string, Newcomer>,
  buildClosure: readonly string[],
): LikelyClosure {
  const known = new Set(before.map(keyOf));
  const sizes = sizesByPackage(before);
  const isOld = (path: string) => known.has(keyOf(toPackageObject({ path, narSize: 0 })));
  const replacing = [...newcomers.values()]
    .filter(({ path, isIndirect }) => !isIndirect && sizes.has(withoutVersion(storeNameOf(path))))
    .map(({ path }) => path)
    .filter((path) => !isOld(path));
  const coming = withNeeds(replacing, newcomers).filter(({ path }) => !isOld(path));
  const unsized: string[] = [];
  const come = coming.map(({ path, narSize }) => {
    const size = narSize ?? sizes.get(withoutVersion(storeNameOf(path)))?.pop();
    if (size === undefined) unsized.push(storeNameOf(path));
    return toPackageObject({ path, narSize: size ?? 0 });
  });
  const stays = stayers(before, come, buildClosure);
  return { objects: [...stays, ...come], unsized };
}

/** Sizes of each package's store paths, the biggest last. */
function sizesByPackage(objects: readonly PackageObject[]): Map<string, number[]> {
  const sizes = new Map<string, number[]>();
  for (const { name, narSize } of objects) {
    const key = withoutVersion(name);
    sizes.set(
      key,
      [...(sizes.get(key) ?? []), narSize].sort((a, b) => a - b),
    );
  }
  return sizes;
}

function withNeeds(paths: readonly string[], newcomers: ReadonlyMap<string, Newcomer>): Newcomer[] {
  const found = new Set(paths);
  // A set gives what is added while it is gone through, too.
  for (const path of found) {
    for (const needed of newcomers.get(path)?.needs ?? []) found.add(needed);
  }
  return [...found].flatMap((path) => newcomers.get(path) ?? []);
}

/** What neither has a namesake of the same version among what comes, nor is gone from the build. */
function stayers(
  before: readonly PackageObject[],
  come: readonly PackageObject[],
  buildClosure: readonly string[],
): PackageObject[] {
  const replaced = new Set(come.map(({ name }) => name));
  const built = new Set(buildClosure.map(derivationNameOf));
  return before.filter(({ name }) => {
    const isBuilt = built.has(name) || built.has(name.replace(/-[^-]+$/, ""));
    return isBuilt && !replaced.has(name);
  });
}
