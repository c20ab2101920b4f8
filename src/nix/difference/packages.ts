/** A store path without its folder: what it is called, and what tells it from its namesakes. */
export interface PackageObject {
  /** The beginning of the store path's hash. */
  readonly hash: string;
  /** As in the store path: `hello-2.12`. */
  readonly name: string;
  readonly narSize: number;
}

/** The same for the same store path. */
export function keyOf({ hash, name }: PackageObject): string {
  return `${hash}-${name}`;
}

/** A package whose versions, or whose size, are not what they were. */
export interface PackageChange {
  readonly name: string;
  /** Versions that went; an empty text for none in the name. */
  readonly before: readonly string[];
  /** Versions that came. */
  readonly after: readonly string[];
  readonly bytes: number;
}

export interface PackageChanges {
  readonly changed: readonly PackageChange[];
  /** Names of store paths that are built anew, of packages that change in neither version nor size. */
  readonly rebuilt: readonly string[];
}

/** `nix store diff-closures` passes over a change of size below this. */
const NOTABLE_BYTES = 8 * 1024;

/** Compares two closures package by package, by the rules of `nix store diff-closures`. */
export function comparePackages(
  before: readonly PackageObject[],
  after: readonly PackageObject[],
): PackageChanges {
  const [olds, news] = [byPackage(before), byPackage(after)];
  const changed: PackageChange[] = [];
  const rebuilt: string[] = [];
  for (const name of [...new Set([...olds.keys(), ...news.keys()])].sort()) {
    const [old, now] = [olds.get(name) ?? [], news.get(name) ?? []];
    const bytes = total(now) - total(old);
    const change = {
      name,
      before: versionsOnlyIn(old, now),
      after: versionsOnlyIn(now, old),
      bytes,
    };
    if (change.before.length + change.after.length > 0 || Math.abs(bytes) >= NOTABLE_BYTES)
      changed.push(change);
    else rebuilt.push(...namesOnlyIn(now, old));
  }
  return { changed, rebuilt };
}

export interface PackageName {
  readonly name: string;
  readonly version: string;
  /** Name of the derivation's output; empty for the default one. */
  readonly output: string;
}

/**
 * The package, its version and the output in the name of a store path, as Nix tells them apart: the
 * version begins at the first dash that no letter follows, and a word behind the last dash is an
 * output's name, though it may be a part of the package's.
 */
export function parsePackageName(storeName: string): PackageName {
  const [, whole = storeName, output = ""] = /^(.*)-([a-z]+|lib32|lib64)$/s.exec(storeName) ?? [];
  const at = whole.search(/-[^A-Za-z]/);
  return {
    name: at === -1 ? whole : whole.slice(0, at),
    version: at === -1 ? "" : whole.slice(at + 1),
    output,
  };
}

interface VersionedObject extends PackageObject {
  readonly version: string;
}

function byPackage(objects: readonly PackageObject[]): Map<string, VersionedObject[]> {
  const packages = new Map<string, VersionedObject[]>();
  for (const object of objects) {
    const { name, version } = parsePackageName(object.name);
    packages.set(name, [...(packages.get(name) ?? []), { ...object, version }]);
  }
  return packages;
}

function total(objects: readonly PackageObject[]): number {
  return objects.reduce((sum, { narSize }) => sum + narSize, 0);
}

function versionsOnlyIn(
  objects: readonly VersionedObject[],
  others: readonly VersionedObject[],
): string[] {
  const theirs = new Set(others.map(({ version }) => version));
  return [...new Set(objects.map(({ version }) => version))]
    .filter((version) => !theirs.has(version))
    .sort();
}

function namesOnlyIn(
  objects: readonly PackageObject[],
  others: readonly PackageObject[],
): string[] {
  const theirs = new Set(others.map(({ hash, name }) => `${hash} ${name}`));
  return objects
    .filter(({ hash, name }) => !theirs.has(`${hash} ${name}`))
    .map(({ name }) => name)
    .sort();
}
