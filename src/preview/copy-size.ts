import { formatBytes } from "../bytes.ts";
import { sizeOf } from "../nix/closure.ts";
import { planOfSystem, recordOfSystem } from "./known-systems.ts";

/** How much a copy of a system to a machine sends. */
export interface CopySize {
  readonly bytes: number;
  /** Number of store paths; undefined for an estimate. */
  readonly paths: number | undefined;
}

export function describeCopy(size: CopySize | undefined): string {
  if (!size) return "to copy: known once it is built";
  const bytes = formatBytes(size.bytes);
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
