import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeDisk, mountDisk, unmountDisk } from "../machines/disk.ts";
import { runHostCommand } from "../machines/host-command.ts";
import type { InstanceDescription } from "./description.ts";
import { mountFile, unmountFile } from "./mounts.ts";
import type { InstancePaths } from "./paths.ts";

/**
 * Makes the root volume, with the content of the image's root partition, and mounts it as the
 * machine's root on the sandbox's base root.
 *
 * @throws {Error} when the image has no file system with a NixOS system in it.
 */
export async function makeRootVolume(
  paths: InstancePaths,
  { id, image, rootVolumeBytes }: InstanceDescription,
): Promise<void> {
  await writeFile(paths.disk, "");
  await truncate(paths.disk, rootVolumeBytes);
  await runHostCommand("mke2fs", ["-q", "-t", "ext4", "-F", paths.disk]);
  await mountFile(paths.disk, paths.volume, "rw");
  await makeDisk(paths);
  await copyImage(paths, id, image);
  const etc = join(paths.upper, "etc");
  await mkdir(etc, { recursive: true });
  // Without one systemd takes each boot for the machine's first, and enables units that nobody asked for.
  await writeFile(join(etc, "machine-id"), `${randomBytes(16).toString("hex")}\n`, { mode: 0o444 });
  await mountDisk(paths);
}

export async function mountRootVolume(paths: InstancePaths): Promise<void> {
  await mountFile(paths.disk, paths.volume, "rw");
  await mountDisk(paths);
}

/** Whatever a crash left mounted, too. */
export async function unmountRootVolume(paths: InstancePaths): Promise<void> {
  await unmountDisk(paths);
  if (existsSync(paths.disk)) await unmountFile(paths.disk, paths.volume);
}

/** Read without mounting it, since other instances may be made of the same image at once. */
async function copyImage({ upper }: InstancePaths, id: string, image: string): Promise<void> {
  try {
    const offset = await rootPartitionOffset(image);
    await runHostCommand("debugfs", ["-R", `rdump / ${upper}`, `${image}?offset=${offset}`]);
    await readlink(join(upper, "nix/var/nix/profiles/system"));
  } catch (error) {
    throw new Error(
      `Instance ${id} cannot boot: its image ${image} is no disk with a NixOS system on its first ` +
        `partition. ${(error as Error).message}`,
    );
  }
}

async function rootPartitionOffset(image: string): Promise<number> {
  const { partitiontable } = JSON.parse(await runHostCommand("sfdisk", ["--json", image]));
  const [first] = partitiontable.partitions as { start: number }[];
  if (first === undefined) throw new Error("Its partition table is empty.");
  return first.start * (partitiontable.sectorsize ?? 512);
}
