import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { execa } from "execa";

/** A word that is nowhere else in the world, to put into a secret. */
export function makeCanary(): string {
  return `canary${randomBytes(12).toString("hex")}`;
}

/** What gives a secret away: its canary, plain or in base64 at any offset, and its digest. */
export function tracesOf(canary: string, secret: string): string[] {
  const inBase64 = [0, 1, 2].map((offset) => {
    const text = Buffer.from(`${"x".repeat(offset)}${canary}`).toString("base64");
    // What is before and after the canary has a share in the outermost characters.
    return text.slice(4, -4);
  });
  return [canary, ...inBase64, createHash("sha256").update(secret).digest("hex")];
}

/** The traces that a text holds. */
export function tracesIn(text: string, traces: readonly string[]): string[] {
  return traces.filter((trace) => text.includes(trace));
}

/** The shell command that lists the files in places which hold a line of its standard input. */
export function grepCommand(places: readonly string[]): string {
  return `grep --recursive --text --files-with-matches --fixed-strings --file=- ${places.join(" ")} 2>/dev/null || true`;
}

/** The files of this computer that hold a trace. */
export async function filesWith(
  traces: readonly string[],
  places: readonly string[],
): Promise<string[]> {
  const { stdout } = await execa("sh", ["-c", grepCommand(places)], { input: traces.join("\n") });
  return stdout.split("\n").filter((file) => file !== "");
}

/** Notes the command line of every process, those of sandbox machines among them, until it is stopped. */
export function watchProcesses(): { stop(): Promise<string> } {
  const seen = new Set<string>();
  let isStopped = false;
  const watching = (async () => {
    while (!isStopped) {
      const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
      const lines = pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
      for (const line of await Promise.all(lines)) seen.add(line);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await watching;
      return [...seen].join("\n");
    },
  };
}
