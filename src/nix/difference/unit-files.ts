import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseUnit, type Units } from "./units.ts";

/** The units of a built system, each with its drop-ins; none for what is not a system. */
export async function readUnits(system: string): Promise<Units> {
  const folder = join(system, "etc/systemd/system");
  const entries = await readdir(folder).catch(() => []);
  const units = await Promise.all(
    entries
      .filter((name) => /\.[a-z]+$/.test(name) && !/\.(d|wants|requires|upholds)$/.test(name))
      .map(async (name) => {
        const path = join(folder, name);
        // A masked unit is a link to /dev/null.
        const isUnit = (await stat(path).catch(() => undefined))?.isFile();
        if (!isUnit) return [];
        const texts = [path, ...(await dropInsOf(path))].map((file) => readFile(file, "utf8"));
        return [[name, parseUnit(name, await Promise.all(texts))] as const];
      }),
  );
  return Object.fromEntries(units.flat());
}

async function dropInsOf(path: string): Promise<string[]> {
  const folder = `${path}.d`;
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(".conf"))
    .sort()
    .map((name) => join(folder, name));
}
