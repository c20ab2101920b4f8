import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { endTree } from "./process-tree.ts";

export interface ProgramCommand {
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly directory: string;
}

export interface ProgramResult {
  /** What the engine shows as the error; empty when there is none to show. */
  readonly error: string;
  /** The program failed and has told the user why by itself. */
  readonly bail: boolean;
}

/** The SDK exits with it after an error that it has shown: `cmd/run/index.js` of @pulumi/pulumi. */
const SHOWN_ERROR_EXIT_CODE = 32;

/** The user's program, run at most once at a time. */
export class Program {
  #child: ChildProcess | undefined;

  async run(command: ProgramCommand): Promise<ProgramResult> {
    const child = spawn(process.execPath, command.arguments, {
      cwd: command.directory,
      env: command.environment,
      // Copied, not inherited: a Node process changes the blocking mode of the pipes it is given.
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    child.stdout.pipe(process.stdout, { end: false });
    child.stderr.pipe(process.stderr, { end: false });
    try {
      // Unlike "exit", "close" comes after the last output.
      const [code, signal] = await once(child, "close");
      return describeEnd(code, signal);
    } catch (error) {
      return { error: `The program could not be started: ${String(error)}`, bail: false };
    } finally {
      this.#child = undefined;
    }
  }

  /** Ends the program and everything that it started. */
  async cancel(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    const closed = once(child, "close");
    await endTree(child.pid);
    await closed;
  }
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): ProgramResult {
  if (signal !== null) return { error: `The program was ended by ${signal}.`, bail: false };
  if (code === SHOWN_ERROR_EXIT_CODE) return { error: "", bail: true };
  return {
    error: code === 0 ? "" : `Program exited with non-zero exit code: ${code}`,
    bail: false,
  };
}
