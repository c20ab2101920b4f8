import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runHostCommand } from "../machines/host-command.ts";
import { releaseLoopDevices } from "./loop-device.ts";

const unmountSeconds = 20;

/** Mounts a file system that is in a file. */
export async function mountFile(file: string, folder: string, options: string): Promise<void> {
  if (await isMounted(folder)) return;
  await mkdir(folder, { recursive: true });
  await runHostCommand("mount", ["-o", `loop,${options}`, file, folder]);
}

/** Ends when nothing is mounted there and the file is behind no block device any more. */
export async function unmountFile(file: string, folder: string): Promise<void> {
  const deadline = Date.now() + unmountSeconds * 1000;
  while (await isMounted(folder)) {
    try {
      await runHostCommand("umount", [folder]);
    } catch (error) {
      // Of a machine that has just ended, the kernel still holds files open for a moment.
      if (Date.now() > deadline) throw error;
      await delay(20);
    }
  }
  await releaseLoopDevices(file);
}

async function isMounted(folder: string): Promise<boolean> {
  const [outside, inside] = await Promise.all([
    stat(dirname(folder)).catch(() => undefined),
    stat(folder).catch(() => undefined),
  ]);
  return inside !== undefined && inside.dev !== outside?.dev;
}
