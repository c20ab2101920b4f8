import { createHash } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Values that only the stack knows, as JSON; they become the flake's input `values`. */
export type Values = { readonly [name: string]: unknown };

const flake = `{
  outputs = _: { values = builtins.fromJSON (builtins.readFile ./values.json); };
}
`;

/**
 * Writes a flake whose output `values` is the given set, for `--override-input values`, and gives its
 * folder. The folder is named by its content: the same values give the same folder, written once.
 */
export async function writeValuesFlake(values: Values, under: string): Promise<string> {
  const json = `${JSON.stringify(sorted(values), null, 2)}\n`;
  const folder = join(
    under,
    createHash("sha256").update(flake).update(json).digest("hex").slice(0, 32),
  );
  const partial = `${folder}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await mkdir(partial, { recursive: true });
  await writeFile(join(partial, "flake.nix"), flake);
  await writeFile(join(partial, "values.json"), json);
  // A folder that is there already holds the same: the rename onto it fails, and nothing is lost.
  await rename(partial, folder).catch(() => rm(partial, { recursive: true }));
  return folder;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}
