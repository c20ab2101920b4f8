import { readdirSync, readFileSync } from "node:fs";

/** Sends a signal to a process and all its descendants; returns their ids. */
export function signalTree(pid: number, signal: NodeJS.Signals): number[] {
  const tree = [pid, ...descendants(pid)];
  for (const member of tree) {
    try {
      process.kill(member, signal);
    } catch {
      // It has ended since.
    }
  }
  return tree;
}

function descendants(pid: number): number[] {
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
