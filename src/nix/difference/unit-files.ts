import { readdir, readFile, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parseUnit, type Unit, type Units } from "./units.ts";

/** The units of a built system, each with its drop-ins; none for what is not a system. */
export async function readUnits(system: string): Promise<Units> {
  const folder = join(system, "etc/systemd/system");
  const entries = await readdir(folder).catch(() => []);
  const names = new Set(entries.map((entry) => entry.replace(/\.d$/, "")).filter(isUnitName));
  const units = await Promise.all(
    [...names].map(async (name) => {
      const unit = await readUnit(folder, name);
      return unit ? [[name, unit] as const] : [];
    }),
  );
  return Object.fromEntries(units.flat());
}

function isUnitName(entry: string): boolean {
  return /.\.[a-z]+$/.test(entry) && !/\.(d|wants|requires|upholds)$/.test(entry);
}

/** Undefined for one that is masked, and for drop-ins to a unit that is not there. */
async function readUnit(folder: string, name: string): Promise<Unit | undefined> {
  // What an instance has of its own is put on top of its template.
  const template = name.replace(/@.+(\.[a-z]+)$/, "@$1");
  const base = (await readText(join(folder, name))) ?? (await readText(join(folder, template)));
  // A masked unit is a link to /dev/null.
  if (!base || base.file === "/dev/null") return undefined;
  const ofTemplate = template === name ? [] : await readDropIns(join(folder, template));
  const texts = [base, ...ofTemplate, ...(await readDropIns(join(folder, name)))];
  const unit = parseUnit(
    name,
    texts.map(({ text }) => text),
  );
  const made = texts.findLast(({ file }) => isMade(file, name));
  return { ...unit, ...(made && { made: parseUnit(name, [made.text]) }) };
}

interface UnitText {
  /** Where it lies, with all links followed. */
  readonly file: string;
  readonly text: string;
}

async function readDropIns(path: string): Promise<UnitText[]> {
  const folder = `${path}.d`;
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".conf"));
  const texts = await Promise.all(names.sort().map((name) => readText(join(folder, name))));
  return texts.filter((text) => text !== undefined);
}

async function readText(path: string): Promise<UnitText | undefined> {
  try {
    const file = await realpath(path);
    return { file, text: await readFile(file, "utf8") };
  } catch {
    return undefined;
  }
}

/** NixOS makes each unit in a derivation of its own, and links drop-ins and aliases to the file in it. */
function isMade(file: string, name: string): boolean {
  return basename(file) === name && /^[^-]+-unit-/.test(basename(dirname(file)));
}
