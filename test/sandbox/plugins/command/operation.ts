import { readFile } from "node:fs/promises";

/** A process that has ended may stay in the table of processes until it is asked for. */
export async function isRunning(pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !stat.includes(") Z ");
}

/** The error that the promise ends with; one that succeeds fails the test. */
export async function messageOf(failing: Promise<unknown>): Promise<string> {
  try {
    await failing;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("expected an error, and there was none");
}
