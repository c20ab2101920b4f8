import { readFile } from "node:fs/promises";
import type { Operation } from "../../../../sandbox/plugins/lib/operation.ts";

export interface RecordedOperation extends Operation {
  /** Every line, as `severity: message`, with "status" in front of one that does not stay. */
  readonly lines: string[];
  /** Resolves with the message of the first line, when it comes. */
  readonly firstMessage: Promise<string>;
  cancel(): void;
}

export function recordOperation(): RecordedOperation {
  const controller = new AbortController();
  const lines: string[] = [];
  const first = Promise.withResolvers<string>();
  return {
    lines,
    firstMessage: first.promise,
    signal: controller.signal,
    cancel: () => controller.abort(new Error("cancelled")),
    log(severity, message, options) {
      lines.push(`${options?.status ? "status " : ""}${severity}: ${message}`);
      first.resolve(message);
    },
  };
}

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
