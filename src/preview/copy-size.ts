import { formatBytes } from "../bytes.ts";
import { buildClosureOf, sizeOf } from "../nix/closure.ts";
import { planOfSystem, recordOfSystem } from "./known-systems.ts";

/** How much a copy of a system to a machine sends. */
export interface CopySize {
  readonly bytes: number;
  /** Number of store paths; undefined for an estimate. */
  readonly paths: number | undefined;
  /** It is what the machine builds the system from. */
  readonly isToBuild?: true;
}

export function describeCopy(size: CopySize | undefined): string {
  if (!size) return "to copy: known once it is built";
  const bytes = formatBytes(size.bytes);
  if (size.isToBuild)
    return `to copy: at most ${bytes} (${size.paths} derivations and sources, to build there)`;
  return size.paths === undefined
    ? `to copy: about ${bytes}, if what is built is as big as what it replaces`
    : `to copy: at most ${bytes} (${size.paths} store paths)`;
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
  const needed = await recordOfSystem(system);
  if (needed) {
    const known = new Set(has?.objects.map(({ hash, name }) => `${hash} ${name}`));
    const missing = needed.objects.filter(({ hash, name }) => !known.has(`${hash} ${name}`));
    return { bytes: sizeOf(missing), paths: missing.length };
  }
  const replaced = has && planOfSystem(system)?.replacedBytes;
  return replaced ? { bytes: replaced, paths: undefined } : undefined;
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
