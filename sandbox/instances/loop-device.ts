import { setTimeout as delay } from "node:timers/promises";
import { runHostCommand } from "../machines/host-command.ts";

/** A busy computer takes its time to write what a file system still has in memory. */
const releaseSeconds = 120;

/** The block devices that the file is behind now. */
export async function loopDevicesOf(file: string): Promise<string[]> {
  const json = await runHostCommand("losetup", [
    "--json",
    "--output",
    "NAME",
    "--associated",
    file,
  ]);
  if (json.trim() === "") return [];
  return (JSON.parse(json).loopdevices as { name: string }[]).map(({ name }) => name);
}

/** The block device that the file is behind; there is one after this. */
export async function attachLoopDevice(file: string): Promise<string> {
  const [attached] = await loopDevicesOf(file);
  return attached ?? (await runHostCommand("losetup", ["--find", "--show", file])).trim();
}

/**
 * Takes the file from behind its block device. The kernel lets go of it some time after it was told
 * to, and later than that while it is mounted somewhere: this ends when it has.
 *
 * @throws {Error} when it does not within two minutes.
 */
export async function releaseLoopDevices(file: string): Promise<void> {
  const deadline = Date.now() + releaseSeconds * 1000;
  for (;;) {
    const devices = await loopDevicesOf(file);
    if (devices.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(
        `The block device ${devices.join(", ")} of ${file} is still in use after ${releaseSeconds} ` +
          "seconds. `findmnt` shows where it is mounted; unmount it and run again.",
      );
    }
    await Promise.all(
      devices.map((device) => runHostCommand("losetup", ["--detach", device]).catch(() => "")),
    );
    await delay(20);
  }
}
