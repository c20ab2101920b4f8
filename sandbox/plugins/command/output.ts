import { StringDecoder } from "node:string_decoder";
import type { Operation } from "../lib/operation.ts";
import type { Logging } from "./schemas.ts";

/** What a command prints: kept for the outputs, and shown line by line while it runs. */
export class CommandOutput {
  readonly stdout: CapturedStream;
  readonly stderr: CapturedStream;
  readonly #chunks: Buffer[] = [];

  constructor(logging: Logging | undefined, operation: Operation) {
    const show = (line: string) => operation.log("info", line, { status: true });
    const shows = (stream: Logging) => logging === undefined || logging === stream;
    const both = logging === "stdoutAndStderr";
    this.stdout = new CapturedStream(this.#chunks, both || shows("stdout") ? show : undefined);
    this.stderr = new CapturedStream(this.#chunks, both || shows("stderr") ? show : undefined);
  }

  /** Both streams, in the order in which their parts came. */
  get combined(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}

class CapturedStream {
  readonly #chunks: Buffer[] = [];
  readonly #combined: Buffer[];
  readonly #show: ((line: string) => void) | undefined;
  readonly #decoder = new StringDecoder();
  #partialLine = "";

  constructor(combined: Buffer[], show: ((line: string) => void) | undefined) {
    this.#combined = combined;
    this.#show = show;
  }

  write(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#combined.push(chunk);
    this.#showLines(this.#decoder.write(chunk));
  }

  /** The whole text, less one trailing newline. Shows a last line that has none. */
  end(): string {
    this.#showLines(this.#decoder.end());
    if (this.#partialLine !== "") this.#showLines("\n");
    return Buffer.concat(this.#chunks).toString().replace(/\n$/, "");
  }

  #showLines(text: string): void {
    const lines = (this.#partialLine + text).split("\n");
    this.#partialLine = lines.pop() ?? "";
    for (const line of lines) this.#show?.(line.replace(/\r$/, ""));
  }
}

/** The error of a command that failed: why, which command, and all that it printed. */
export function commandError(reason: string, command: string, output: CommandOutput): Error {
  return new Error(`${reason}: running ${JSON.stringify(command)}:\n${output.combined}`);
}

/** The variables through which a command sees what the one before it printed. */
export function previousOutputVariables(
  isWanted: boolean,
  previous: { stdout: string; stderr: string },
): Record<string, string> {
  if (!isWanted) return {};
  return {
    ...(previous.stdout !== "" && { PULUMI_COMMAND_STDOUT: previous.stdout }),
    ...(previous.stderr !== "" && { PULUMI_COMMAND_STDERR: previous.stderr }),
  };
}
