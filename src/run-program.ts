import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { StringDecoder } from "node:string_decoder";
import { onExit } from "signal-exit";

export interface ProgramCall {
  /** Besides this process's own variables. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly workingDirectory?: string | undefined;
  /** Called with each line of stderr as it comes. */
  readonly onStderrLine?: ((line: string) => void) | undefined;
  /** Which of these lines a failure holds; all by default. */
  readonly isKept?: (line: string) => boolean;
}

/** A program that could not be started, or that did not exit with 0. */
export class ProgramFailure extends Error {
  override name = "ProgramFailure";
  /** The command line, as it can be pasted. */
  readonly command: string;
  readonly stderr: string;
  /** `ENOENT` where there is no such program on PATH. */
  readonly code: string | undefined;

  constructor(command: string, how: string, stderr: string, cause?: NodeJS.ErrnoException) {
    super([`${command} ${how}`, stderr].filter(Boolean).join("\n"), { cause });
    this.command = command;
    this.stderr = stderr;
    this.code = cause?.code;
  }
}

/**
 * Runs a program without input and gives what it prints on stdout, less the last line's end. It does not
 * outlive this process. A small one: a library for it takes longer to load than a copy to be made, in
 * each process that needs it.
 *
 * @throws {ProgramFailure}
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  { environment, workingDirectory, onStderrLine, isKept = () => true }: ProgramCall = {},
): Promise<string> {
  const child = spawn(file, args, {
    stdio: ["ignore", "pipe", "pipe"],
    ...(environment && { env: { ...process.env, ...environment } }),
    ...(workingDirectory && { cwd: workingDirectory }),
  });
  const stopWatching = onExit(() => void child.kill());
  const command = [file, ...args].map(quoted).join(" ");
  const kept: string[] = [];
  const fail = (how: string, cause?: NodeJS.ErrnoException) =>
    new ProgramFailure(command, how, kept.join("\n"), cause);
  readLines(child.stderr, (line) => {
    onStderrLine?.(line);
    if (isKept(line)) kept.push(line);
  });
  try {
    const [stdout] = await Promise.all([text(child.stdout), ended(child, fail)]);
    return stdout.replace(/\r?\n$/, "");
  } finally {
    stopWatching();
  }
}

/** After the last of its output. */
function ended(
  child: ChildProcessByStdio<null, Readable, Readable>,
  fail: (how: string, cause?: NodeJS.ErrnoException) => ProgramFailure,
): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(fail("could not be started.", error)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(fail(signal ? `was ended by ${signal}.` : `exited with status ${code}.`));
    });
  });
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  stream.on("end", () => {
    rest += decoder.end();
    if (rest !== "") onLine(rest);
  });
}

function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
