import { readdir, readlink, realpath } from "node:fs/promises";

/** Kills the processes that work in a folder: plugins outlive a CLI that is killed. */
export async function endThoseIn(folder: string): Promise<void> {
  const real = await realpath(folder);
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(
    pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => undefined)),
  );
  for (const [at, pid] of pids.entries()) {
    if (folders[at] === real) kill(Number(pid));
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended since.
  }
}
