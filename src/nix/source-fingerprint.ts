import { execFile } from "node:child_process";
import { createHash, hash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { absoluteFlakeReference, flakeFolder, gitCheckout } from "./flake-reference.ts";

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
  return digest([commit, index, ...describeAll(checkout, files)]);
}

/** All that is there, and when each entry changed, for a flake can see the latest of these times. */
function fingerprintFolder(folder: string): string {
  const entries = readdirSync(folder, { recursive: true }) as string[];
  const paths = ["", ...entries.sort()];
  const times = paths.map((path) => String(lstatSync(join(folder, path)).mtimeMs));
  return digest([...paths, ...times, ...describeAll(folder, paths)]);
}

/** In one go: as promises, hundreds of files take twice the work. */
function describeAll(folder: string, paths: readonly string[]): string[] {
  return paths.map((path) => {
    try {
      return describe(join(folder, path));
    } catch (error) {
      return whenMissing(error as NodeJS.ErrnoException);
    }
  });
}

function describe(path: string): string {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  if (!stats.isFile()) return "folder";
  return `${stats.mode & 0o100 ? "program" : "file"} ${hash("sha256", readFileSync(path))}`;
}

/** Git lists a file until the index loses it, too. */
function whenMissing(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return "missing";
  throw error;
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
