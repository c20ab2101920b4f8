import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { type MachinePaths, pathsIn } from "../machines/paths.ts";

/** A machine's paths, with what only an EC2 instance has. */
export interface InstancePaths extends MachinePaths {
  /** Root volume: an ext4 file system with the machine's own files. */
  readonly disk: string;
  /** Where the root volume is mounted on this computer while the machine runs. */
  readonly volume: string;
  /** The last description, which the metadata service reads. */
  readonly description: string;
}

export function instancesFolder(home: string): string {
  return join(home, "instances");
}

export async function instancePaths(home: string, id: string): Promise<InstancePaths> {
  const folder = join(instancesFolder(await realpath(home)), id);
  const volume = join(folder, "volume");
  return {
    ...pathsIn(home, folder, id),
    upper: join(volume, "upper"),
    work: join(volume, "work"),
    disk: join(folder, "disk.raw"),
    volume,
    description: join(folder, "description.json"),
  };
}
