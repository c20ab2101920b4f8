import { readFileSync } from "node:fs";
import { join } from "node:path";
import { asRoot } from "../src/ssh/as-root.ts";
import type { SshConnection } from "../src/ssh/connection.ts";
import { sudoRefused } from "../src/ssh/reasons.ts";
import { shellQuote } from "../src/ssh/shell-quote.ts";
import type { SshTarget } from "../src/ssh/target.ts";
import { waitForMachine } from "../src/ssh/wait-for-machine.ts";
import { showStatus } from "./status.ts";

/** One line for nix/modules/secrets.sh, and the units to restart once it is done. */
export interface SecretRequest {
  readonly line: string;
  readonly restartUnits?: readonly string[];
}

interface Waiting extends SecretRequest {
  readonly resolve: (answer: string) => void;
  readonly reject: (error: Error) => void;
}

const queues = new Map<string, Waiting[]>();

/**
 * The machine's answer. Requests for one machine that come while it is being connected to go over one
 * connection, in one command, and a unit that several of them name restarts once.
 *
 * @param isAwaited whether to try again until the time is over when nobody answers.
 * @throws {Error} with the machine's reason when it could not do so.
 */
export function askMachine(
  target: SshTarget,
  timeoutSeconds: number,
  isAwaited: boolean,
  request: SecretRequest,
): Promise<string> {
  const key = JSON.stringify(target);
  return new Promise((resolve, reject) => {
    const waiting = { ...request, resolve, reject };
    const queue = queues.get(key);
    if (queue) queue.push(waiting);
    else void serve(target, timeoutSeconds, isAwaited, [waiting]);
  });
}

async function serve(
  target: SshTarget,
  timeoutSeconds: number,
  isAwaited: boolean,
  queue: Waiting[],
): Promise<void> {
  const key = JSON.stringify(target);
  queues.set(key, queue);
  try {
    if (isAwaited) await waitForMachine(target, timeoutSeconds, showStatus);
    // Loaded here, for a preview or an update of what has not changed asks no machine.
    const { connect } = await import("../src/ssh/connection.ts");
    await using connection = await connect(target, timeoutSeconds);
    while (queue.length > 0) await carryOut(connection, target, queue.splice(0));
    // Before the connection closes: what comes from now on needs one of its own.
    queues.delete(key);
  } catch (error) {
    queues.delete(key);
    for (const { reject } of queue) reject(error as Error);
  }
}

async function carryOut(
  connection: SshConnection,
  target: SshTarget,
  batch: readonly Waiting[],
): Promise<void> {
  const answers = await send(
    connection,
    target,
    batch.map(({ line }) => line),
  );
  const done = batch.filter((_, index) => reasonIn(answers[index]) === undefined);
  const units = [...new Set(done.flatMap(({ restartUnits = [] }) => restartUnits))];
  const restarts = await send(
    connection,
    target,
    units.map((unit) => `restart ${unit}`),
  );
  batch.forEach(({ restartUnits = [], resolve, reject }, index) => {
    const answer = answers[index];
    const reason =
      reasonIn(answer) ??
      restartUnits
        .map((unit) => reasonIn(restarts[units.indexOf(unit)]))
        .find((found) => found !== undefined);
    if (reason === undefined) resolve(answer ?? "");
    else reject(new Error(reason));
  });
}

const script = readFileSync(join(import.meta.dirname, "../nix/modules/secrets.sh"), "utf8");

/** What could not be asked is answered as what failed is. */
async function send(
  connection: SshConnection,
  target: SshTarget,
  lines: readonly string[],
): Promise<string[]> {
  if (lines.length === 0) return [];
  const command = asRoot(target.user, `sh -c ${shellQuote(script)} secrets apply`);
  const { stdout, stderr, exitCode } = await connection
    .run(command, { stdin: `${lines.join("\n")}\n` })
    .catch(({ message }: Error) => ({ stdout: "", stderr: message, exitCode: 1 }));
  const answers = stdout.split("\n").slice(0, -1);
  const rest =
    exitCode === undefined
      ? "the connection was lost"
      : (sudoRefused(target, stderr) ?? stderr.trim()) || `its shell ended with status ${exitCode}`;
  return lines.map((_, index) => answers[index] ?? `failed ${rest}`);
}

function reasonIn(answer: string | undefined): string | undefined {
  return answer?.startsWith("failed ") ? answer.slice("failed ".length).trim() : undefined;
}
