import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

const endSeconds = 10;

/**
 * Kills the processes until there are none.
 *
 * @param find gives the ids of those there are now: more may have begun since the last time.
 */
export async function endProcesses(find: () => Promise<readonly number[]>): Promise<void> {
  const deadline = Date.now() + endSeconds * 1000;
  for (;;) {
    const ids = await find();
    if (ids.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(
        `Processes ${ids.join(", ")} do not end, ${endSeconds} seconds after a kill.`,
      );
    }
    ids.forEach(kill);
    await delay(10);
  }
}

/** Ids of the processes that have exactly this among their arguments. */
export async function processesWithArgument(argument: string): Promise<number[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const commandLines = await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")),
  );
  return ids.filter((_, index) => commandLines[index]?.split("\0").includes(argument)).map(Number);
}

function kill(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
