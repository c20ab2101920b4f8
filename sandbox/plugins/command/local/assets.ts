import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import {
  type Archive,
  type Asset,
  makeAssetArchive,
  makeFileAsset,
} from "../../lib/property-values.ts";
import { compileGlob } from "./glob.ts";

/** The files under `dir` that the patterns name, each as an asset, by path from `dir`. */
export async function collectAssets(
  dir: string,
  patterns: string[],
): Promise<Record<string, Asset>> {
  const paths = matchPaths(await listFiles(dir), patterns);
  const assets: Record<string, Asset> = {};
  for (const path of paths) {
    const file = join(dir, path);
    assets[path] = makeFileAsset(file, await hashFile(file));
  }
  return assets;
}

/** The same files as one archive, whose hash changes with any name or content in it. */
export async function collectArchive(dir: string, patterns: string[]): Promise<Archive> {
  const assets = await collectAssets(dir, patterns);
  const contents = Object.entries(assets).map(([path, asset]) => [path, asset.hash]);
  const hash = createHash("sha256").update(JSON.stringify(contents)).digest("hex");
  return makeAssetArchive(assets, hash);
}

/** Each file as its last matching rule says: taken, or with a leading `!` left out. */
export function matchPaths(paths: string[], patterns: string[]): string[] {
  const rules = patterns.map((pattern) => {
    const takes = !pattern.startsWith("!");
    return { takes, matches: compileGlob(takes ? pattern : pattern.slice(1)) };
  });
  return paths.filter((path) => rules.findLast((rule) => rule.matches.test(path))?.takes === true);
}

async function listFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .sort();
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
