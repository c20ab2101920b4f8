import { readFile, writeFile } from "node:fs/promises";

const setting = "/proc/sys/fs/inotify/max_user_instances";
const enough = 8192;

/**
 * Has the kernel let root watch files in as many places as hundreds of machines do: its own limit, 128
 * for all of them together, is used up by some fifteen, and systemd does not start in the next one.
 */
export async function raiseKernelLimits(): Promise<void> {
  if (Number(await readFile(setting, "utf8")) < enough) await writeFile(setting, `${enough}\n`);
}
