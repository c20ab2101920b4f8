import { formatBytes } from "../bytes.ts";
import { buildClosureOf, sizeOf } from "../nix/closure.ts";
import { keyOf, type PackageObject } from "../nix/difference/packages.ts";
import { likelyClosureOf, recordOfSystem } from "./known-systems.ts";
import { listed } from "./listed.ts";

/** How much a copy of a system to a machine sends. */
export interface CopySize {
  readonly bytes: number;
  /** Number of store paths; undefined for an estimate. */
  readonly paths: number | undefined;
  /** Names of what comes besides, of which an estimate has no size. */
  readonly unsized?: readonly string[];
  /** It is what the machine builds the system from. */
  readonly isToBuild?: true;
}

export function describeCopy(size: CopySize | undefined): string {
  if (!size) return "to copy: known once it is built";
  const bytes = formatBytes(size.bytes);
  if (size.isToBuild)
    return `to copy: at most ${bytes} (${size.paths} derivations and sources, to build there)`;
  if (size.paths !== undefined) return `to copy: at most ${bytes} (${size.paths} store paths)`;
  const others = size.unsized?.length ? `, and what is new: ${listed(size.unsized, "short")}` : "";
  return `to copy: about ${bytes}, if what is built is as big as what it replaces${others}`;
}

/**
 * How much the copy of a system sends; undefined where only the build will tell.
 *
 * @param before what the machine was given last, if it is still the same machine.
 */
export async function copySize(
  system: string,
  before: string | undefined,
): Promise<CopySize | undefined> {
  const has = before === undefined ? undefined : await recordOfSystem(before);
  const known = new Set(has?.objects.map(keyOf));
  const isMissing = (object: PackageObject) => !known.has(keyOf(object));
  const needed = await recordOfSystem(system);
  if (needed) {
    const missing = needed.objects.filter(isMissing);
    return { bytes: sizeOf(missing), paths: missing.length };
  }
  const likely = likelyClosureOf(system);
  return (
    likely && {
      bytes: sizeOf(likely.objects.filter(isMissing)),
      paths: undefined,
      unsized: likely.unsized,
    }
  );
}

/**
 * How much is sent to a machine that builds its system itself.
 *
 * @param before the derivation that it built last, if it is still the same machine.
 */
export async function sizeOfBuild(drvPath: string, before: string | undefined): Promise<CopySize> {
  const sent = new Set(before && (await buildClosureOf(before)).map(({ path }) => path));
  const missing = (await buildClosureOf(drvPath)).filter(({ path }) => !sent.has(path));
  return { bytes: sizeOf(missing), paths: missing.length, isToBuild: true };
}
