import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";

const waitSeconds = 120;

/**
 * Does the work while no other process, and no other call of this one, has the folder's lock.
 * The kernel frees the lock when this process ends, however it ends, and it needs no file.
 *
 * @throws {NodeJS.ErrnoException} ENOENT when the folder is not there, or is gone when its lock is free.
 */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await lock(handle, folder);
      if (await isSameFolder(handle, folder)) return await work();
    } finally {
      await handle.close();
    }
  }
}

/**
 * A lock belongs to the open file, so it stays with our handle when flock(1), which gets the handle
 * as its stdin, has ended. (execa does not pass on a file descriptor.)
 */
async function lock({ fd }: FileHandle, folder: string): Promise<void> {
  const args = ["--exclusive", "--timeout", String(waitSeconds), "0"];
  const flock = spawn("flock", args, { stdio: [fd, "ignore", "inherit"] });
  const [exitCode] = await once(flock, "close");
  if (exitCode === 0) return;
  throw new Error(
    `Another process has been working on ${folder} for ${waitSeconds} seconds. ` +
      `\`fuser --verbose ${folder}\` names it; let it end, or end it, and run again.`,
  );
}

/** Whoever had the lock before may have removed the folder, and another process made a new one. */
async function isSameFolder(handle: FileHandle, folder: string): Promise<boolean> {
  const [locked, found] = await Promise.all([handle.stat(), stat(folder)]);
  return locked.ino === found.ino;
}
