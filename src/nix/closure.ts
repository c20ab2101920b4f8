import { NixError, NixFailure, runNix } from "./cli.ts";
import { pathInfo } from "./path-info.ts";

/** One store path of a closure. */
export interface StoreObject {
  readonly path: string;
  /** Size of its archive, which is what a copy sends. */
  readonly narSize: number;
}

/** A store path and what it needs directly. */
export interface LinkedObject extends StoreObject {
  readonly references: readonly string[];
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

/** Store paths that are here and all that they need. */
export async function closureOfAll(paths: readonly string[]): Promise<LinkedObject[]> {
  return paths.length === 0 ? [] : objectsOf(await pathInfo("--recursive", ...paths));
}

/**
 * The derivation and all that its build needs, derivations and sources; none when the store does not
 * have it.
 */
export async function buildClosureOf(drvPath: string): Promise<StoreObject[]> {
  return objectsOf(
    await noneIfNotHere<unknown>(pathInfo("--recursive", "--derivation", drvPath), []),
  );
}

/** The same without sizes, which is quicker. */
export async function buildClosurePaths(drvPath: string): Promise<string[]> {
  const printed = runNix(["path-info", "--recursive", "--derivation", drvPath]);
  return (await noneIfNotHere(printed, "")).split("\n").filter(Boolean);
}

/** The size in bytes of all of a closure's store paths. */
export function sizeOf(objects: readonly { readonly narSize: number }[]): number {
  return objects.reduce((sum, { narSize }) => sum + narSize, 0);
}

function objectsOf(printed: unknown): LinkedObject[] {
  const entries: [string, PrintedObject][] = Array.isArray(printed)
    ? printed.map((info) => [info.path, info])
    : Object.entries(printed as object);
  return entries.map(([path, info]) => {
    if (info?.narSize === undefined) throw notHere(path);
    return { path, narSize: info.narSize, references: info.references ?? [] };
  });
}

interface PrintedObject {
  readonly narSize?: number;
  readonly references?: readonly string[];
}

async function noneIfNotHere<T>(printed: Promise<T>, none: T): Promise<T> {
  return printed.catch((error) => {
    if (error instanceof NixFailure) return none;
    throw error;
  });
}

function notHere(path: string, cause?: unknown): NixError {
  return new NixError(
    `${path} is not in this computer's store. Run \`pulumi refresh\`, then \`pulumi up\`, which builds it again.`,
    { cause },
  );
}
