import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { absoluteFlakeReference, flakeFolder, gitCheckout } from "./flake-reference.ts";

const FILES_AT_ONCE = 64;

/**
 * A text that is another one whenever Nix would take another source for the flake reference. Undefined
 * where that cannot be told from here: a branch somewhere else moves.
 */
export async function sourceFingerprint(
  reference: string,
  from: string,
): Promise<string | undefined> {
  const absolute = absoluteFlakeReference(reference, from);
  const folder = flakeFolder(reference, from);
  if (folder === undefined) return isLocked(absolute) ? absolute : undefined;
  const checkout = absolute.startsWith("path:") ? undefined : gitCheckout(folder);
  return checkout ? fingerprintCheckout(checkout) : fingerprintFolder(folder);
}

function isLocked(reference: string): boolean {
  return (
    /[?&](rev=[0-9a-f]{40}|narHash=)/.test(reference) ||
    /^(github|gitlab|sourcehut):[^/?]+\/[^/?]+\/[0-9a-f]{40}(\?|$)/.test(reference)
  );
}

/** What Git tracks, as it is in the working tree, and the commit, whose name and date a flake can see. */
async function fingerprintCheckout(checkout: string): Promise<string | undefined> {
  const [commit, index] = await Promise.all([
    git(checkout, "rev-parse", "HEAD").catch(() => "none yet"),
    git(checkout, "ls-files", "--stage", "-z"),
  ]);
  const entries = index.split("\0").filter(Boolean);
  // A flake may ask for the content of submodules, which Git lists by their commit.
  if (entries.some((entry) => entry.startsWith("160000 "))) return undefined;
  const files = entries.map((entry) => entry.slice(entry.indexOf("\t") + 1));
  return digest([commit, index, ...(await describeAll(checkout, files))]);
}

/** All that is there, and when each entry changed, for a flake can see the latest of these times. */
async function fingerprintFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true });
  const paths = ["", ...entries.sort()];
  const times = await inTurns(paths, async (path) =>
    String((await lstat(join(folder, path))).mtimeMs),
  );
  return digest([...paths, ...times, ...(await describeAll(folder, paths))]);
}

function describeAll(folder: string, paths: readonly string[]): Promise<string[]> {
  return inTurns(paths, (path) => describe(join(folder, path)).catch(whenMissing));
}

async function describe(path: string): Promise<string> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) return `link ${await readlink(path)}`;
  if (!stats.isFile()) return "folder";
  return `${stats.mode & 0o100 ? "program" : "file"} ${digest([await readFile(path)])}`;
}

/** Git lists a file until the index loses it, too. */
function whenMissing(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return "missing";
  throw error;
}

async function inTurns<In, Out>(
  items: readonly In[],
  work: (item: In) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = [];
  for (let at = 0; at < items.length; at += FILES_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + FILES_AT_ONCE).map(work))));
  }
  return results;
}

async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const options = { maxBuffer: Number.POSITIVE_INFINITY };
  return (await promisify(execFile)("git", ["-C", folder, ...args], options)).stdout;
}

function digest(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}
