import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Addresses, type Network, prefixLength, prefixLength6 } from "./addresses.ts";
import { type MachinePaths, machinesFolder } from "./paths.ts";

/**
 * What is kept of a machine for its life, in machine.json. The file is written when the disk has all
 * that the machine boots from: a folder without it is what a crash left of a machine.
 */
export interface MachineRecord extends Addresses {
  readonly name: string;
  readonly hostPublicKey: string;
}

export async function readRecord({ record }: MachinePaths): Promise<MachineRecord | undefined> {
  return parseRecord(record);
}

/** Whole or not at all, whenever this process ends. */
export async function writeRecord(paths: MachinePaths, record: MachineRecord): Promise<void> {
  const file = `${paths.record}.new`;
  await writeFile(file, `${JSON.stringify(record, null, 2)}\n`);
  await rename(file, paths.record);
}

/** The networks of all machines and instances of this sandbox, those that are down too. */
export async function recordedNetworks(home: string): Promise<Network[]> {
  const folders = [machinesFolder(home), join(home, "instances")];
  const records = await Promise.all(folders.map(recordsIn));
  return records
    .flat()
    .filter((record) => record !== undefined)
    .flatMap(({ address, address6 }) => [
      { address, prefixLength },
      { address: address6, prefixLength: prefixLength6 },
    ]);
}

export async function machineNames(home: string): Promise<string[]> {
  return foldersIn(machinesFolder(home));
}

/** Names of the folders in a folder; none if it is not there. */
export async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function recordsIn(folder: string): Promise<(MachineRecord | undefined)[]> {
  const names = await foldersIn(folder);
  return Promise.all(names.map((name) => parseRecord(join(folder, name, "machine.json"))));
}

async function parseRecord(file: string): Promise<MachineRecord | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as MachineRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
