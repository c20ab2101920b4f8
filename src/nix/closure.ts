import { NixError, NixFailure } from "./cli.ts";
import { pathInfo } from "./path-info.ts";

/** One store path of a closure. */
export interface StoreObject {
  readonly path: string;
  /** Size of its archive, which is what a copy sends. */
  readonly narSize: number;
}

/**
 * The store path and all that it needs, each with its size, in Nix's order.
 *
 * @throws {NixError} when it is not in this computer's store.
 */
export async function closureOf(path: string): Promise<StoreObject[]> {
  const printed = await pathInfo("--recursive", path).catch((error) => {
    throw error instanceof NixFailure ? notHere(path, error) : error;
  });
  return objectsOf(printed);
}

/**
 * The derivation and all that its build needs, derivations and sources; none when the store does not
 * have it.
 */
export async function buildClosureOf(drvPath: string): Promise<StoreObject[]> {
  const printed = await pathInfo("--recursive", "--derivation", drvPath).catch((error) => {
    if (error instanceof NixFailure) return [];
    throw error;
  });
  return objectsOf(printed);
}

/** The size in bytes of all of a closure's store paths. */
export function sizeOf(objects: readonly { readonly narSize: number }[]): number {
  return objects.reduce((sum, { narSize }) => sum + narSize, 0);
}

function objectsOf(printed: unknown): StoreObject[] {
  const entries: [string, { narSize?: number }][] = Array.isArray(printed)
    ? printed.map((info) => [info.path, info])
    : Object.entries(printed as object);
  return entries.map(([path, info]) => {
    if (info?.narSize === undefined) throw notHere(path);
    return { path, narSize: info.narSize };
  });
}

function notHere(path: string, cause?: unknown): NixError {
  return new NixError(
    `${path} is not in this computer's store. Run \`pulumi refresh\`, then \`pulumi up\`, which builds it again.`,
    { cause },
  );
}
