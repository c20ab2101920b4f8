import { setTimeout as delay } from "node:timers/promises";
import type { HealthCheckConfig } from "../config/health-checks.ts";
import { type CommandResult, connect } from "../ssh/connection.ts";
import { runScript } from "../ssh/run-script.ts";
import type { SshTarget } from "../ssh/target.ts";
import { scripts } from "./activation-script.ts";
import { checkHealth, HealthCheckError } from "./health-checks.ts";

/** The activation that is to be confirmed. */
export interface Confirmation {
  readonly target: SshTarget;
  /** As the activation names itself on the machine. */
  readonly purpose: string;
  readonly healthChecks: readonly HealthCheckConfig[];
  /** How long the machine waits for the first word. */
  readonly confirmTimeoutSeconds: number;
}

/** No single try to connect lasts longer. */
const connectSeconds = 10;
/** The machine's own limit on a connection that waits for an activation. */
const waitSeconds = 3600;

/**
 * Waits until the machine has switched and waits for word; makes the health checks and says how they
 * went, over a connection that is new. What does not work is tried again until the signal ends it, for
 * the machine goes back by itself.
 *
 * @param onTry gets the reason of each try that failed, and undefined for one that did not.
 */
export async function confirmActivation(
  confirmation: Confirmation,
  signal: AbortSignal,
  onTry: (reason: Error | undefined) => void,
): Promise<void> {
  const directory = await persist(signal, onTry, () => awaitSwitch(confirmation, signal));
  if (directory === undefined) return;
  await persist(signal, onTry, () => answer(confirmation, directory, signal));
}

/** Tries again after a while, which grows to a second. */
async function persist<T>(
  signal: AbortSignal,
  onTry: (reason: Error | undefined) => void,
  work: () => Promise<T>,
): Promise<T | undefined> {
  for (let wait = 100; !signal.aborted; wait = Math.min(wait * 2, 1000)) {
    try {
      const result = await work();
      onTry(undefined);
      return result;
    } catch (error) {
      if (signal.aborted) return undefined;
      onTry(error as Error);
      await delay(wait, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

async function awaitSwitch(
  { target, purpose }: Confirmation,
  signal: AbortSignal,
): Promise<string> {
  await using machine = await open(target, signal);
  const { stdout, stderr } = await machine.runScript(scripts.await, [purpose, String(waitSeconds)]);
  if (stdout === "") throw new Error(stderr.trim() || "the connection was lost");
  return stdout.trim();
}

async function answer(
  { target, healthChecks, confirmTimeoutSeconds }: Confirmation,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  await using machine = await open(target, signal);
  const say = (text: string) =>
    machine.runScript(scripts.answer, [directory, text.replaceAll(/\s+/g, " ").slice(0, 2000)]);
  try {
    if (healthChecks.length > 0) {
      const longest = Math.max(...healthChecks.map(({ timeoutSeconds }) => timeoutSeconds));
      await say(`checking ${longest + confirmTimeoutSeconds}`);
      const { address } = target;
      const runAsRoot = (script: string) => machine.runScript(script, []);
      await checkHealth({ address, runAsRoot }, healthChecks, signal);
    }
  } catch (error) {
    if (!(error instanceof HealthCheckError)) throw error;
    await say(error.message);
    return;
  }
  const { exitCode } = await say("confirmed");
  if (exitCode === undefined) throw new Error("the connection was lost");
}

interface Session extends AsyncDisposable {
  /** Runs a script as root, with arguments. */
  runScript(script: string, words: readonly string[]): Promise<CommandResult>;
}

async function open(target: SshTarget, signal: AbortSignal): Promise<Session> {
  const connection = await connect(target, connectSeconds);
  const close = () => void connection[Symbol.asyncDispose]();
  // No event any more for one that came while it connected, and what waits would wait for ever.
  if (signal.aborted) close();
  signal.throwIfAborted();
  signal.addEventListener("abort", close, { once: true });
  return {
    runScript: (script, words) => runScript(connection, target.user, script, words),
    async [Symbol.asyncDispose]() {
      signal.removeEventListener("abort", close);
      await connection[Symbol.asyncDispose]();
    },
  };
}
