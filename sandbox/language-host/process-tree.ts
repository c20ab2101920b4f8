import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const KILL_AFTER_MILLISECONDS = 5_000;

/** Interrupts a process and all its descendants, and kills those that are left after five seconds. */
export async function endTree(root: number): Promise<void> {
  const tree = [root, ...descendants(root)].map((pid) => ({ pid, startTime: startTime(pid) }));
  // An id may belong to another process by now; the time that it was started at tells.
  const alive = () => tree.filter(({ pid, startTime: known }) => known && startTime(pid) === known);

  signalAll(alive(), "SIGINT");
  const deadline = Date.now() + KILL_AFTER_MILLISECONDS;
  while (alive().length > 0 && Date.now() < deadline) await delay(20);
  signalAll(alive(), "SIGKILL");
}

function signalAll(processes: readonly { pid: number }[], signal: NodeJS.Signals): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended since.
    }
  }
}

/** Its children and theirs, at any depth; none of one that has ended. */
export function descendants(pid: number): number[] {
  return children(pid).flatMap((child) => [child, ...descendants(child)]);
}

function children(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8")
        .split(" ")
        .filter((child) => child !== "")
        .map(Number),
    );
  } catch {
    return [];
  }
}

/** Field 22 of proc(5)'s stat, counted after the name in parentheses; undefined when it has ended. */
function startTime(pid: number): string | undefined {
  try {
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return state === "Z" ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
