import { stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { runHostCommand } from "../machines/host-command.ts";
import { initProcess } from "../machines/machine-process.ts";
import type { VolumeDescription } from "./description.ts";
import { attachLoopDevice, releaseLoopDevices } from "./loop-device.ts";
import type { InstancePaths } from "./paths.ts";

const initSeconds = 20;

/**
 * Makes the machine see the volumes, and no others of those that it saw. A volume that goes is
 * unmounted in the machine first; on EC2 the operator has to do that.
 */
export async function syncVolumes(
  paths: InstancePaths,
  before: readonly VolumeDescription[],
  volumes: readonly VolumeDescription[],
): Promise<void> {
  const init = await waitForInit(paths);
  const wanted = new Set(volumes.map(({ id }) => id));
  for (const volume of before.filter(({ id }) => !wanted.has(id))) await detach(init, volume);
  for (const volume of volumes) await attach(init, volume);
}

/** Lets go of the volumes of a machine that does not run. */
export async function releaseVolumes(volumes: readonly VolumeDescription[]): Promise<void> {
  for (const { file } of volumes) await releaseLoopDevices(file);
}

async function attach(init: number, { device, file }: VolumeDescription): Promise<void> {
  const { rdev } = await stat(await attachLoopDevice(file));
  const [major, minor] = [rdev >> 8, rdev & 0xff];
  const script = '[ -b "$0" ] || mknod "$0" b "$1" "$2"';
  await inMachine(init, ["sh", "-c", script, device, String(major), String(minor)]);
}

async function detach(init: number, { device, file }: VolumeDescription): Promise<void> {
  const script = `
    findmnt --noheadings --output TARGET --source "$0" | while read -r target; do umount "$target"; done
    rm -f "$0"`;
  await inMachine(init, ["sh", "-c", script, device]);
  await releaseLoopDevices(file);
}

function inMachine(init: number, command: readonly string[]): Promise<string> {
  return runHostCommand("nsenter", [
    `--target=${init}`,
    ...["--mount", "--pid", "--root", "--wd=/", "--"],
    ...command,
  ]);
}

async function waitForInit(paths: InstancePaths): Promise<number> {
  const deadline = Date.now() + initSeconds * 1000;
  for (;;) {
    const init = await initProcess(paths);
    if (init !== undefined) return init;
    if (Date.now() > deadline)
      throw new Error(`Instance ${paths.name} has no init ${initSeconds} seconds after its start.`);
    await delay(20);
  }
}
