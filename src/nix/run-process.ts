import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { onExit } from "signal-exit";

export interface ProcessOptions {
  /** Variables besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** Called with each line of stderr as it comes; says whether it stays in the result. */
  readonly keepStderrLine?: (line: string) => boolean;
}

export interface ProcessResult {
  /** Both without the newline at their end. */
  readonly stdout: string;
  readonly stderr: string;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
}

/**
 * Runs a program that reads nothing, and ends it when this process ends before it. By Node.js itself: each
 * copy to a machine is a process that does little else, and execa takes longer to load than all of that.
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  { environment, workingDirectory, keepStderrLine }: ProcessOptions = {},
): Promise<ProcessResult> {
  const child = spawn(file, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
    cwd: workingDirectory,
  });
  const stopEndingIt = onExit(() => void child.kill());
  try {
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      keepStderrLine ? linesOf(child.stderr, keepStderrLine) : text(child.stderr),
      once(child, "close") as Promise<[number | null]>,
    ]);
    return { stdout: stdout.replace(/\n$/, ""), stderr: stderr.replace(/\n$/, ""), exitCode };
  } finally {
    stopEndingIt();
  }
}

async function linesOf(stream: Readable, isKept: (line: string) => boolean): Promise<string> {
  const kept: string[] = [];
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on("line", (line) => {
    if (isKept(line)) kept.push(line);
  });
  await once(lines, "close");
  return kept.join("\n");
}
