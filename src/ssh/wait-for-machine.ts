import { whileTelling } from "../while-telling.ts";
import { nameOf } from "./reasons.ts";
import type { SshTarget } from "./target.ts";
import { waitForPort } from "./wait-for-port.ts";

/**
 * Waits until the machine's SSH server answers. Behind a bastion only a log-in can tell.
 *
 * @param onLine gets a line now and then for as long as it does not.
 * @throws {SshError} when it did not within the time, or when waiting is of no use.
 */
export function waitForMachine(
  target: SshTarget,
  timeoutSeconds: number,
  onLine: (line: string) => void,
): Promise<void> {
  const answer = target.proxyJump
    ? waitForLogIn(target, timeoutSeconds)
    : waitForPort(target.address, target.port, timeoutSeconds);
  return whileWaiting(target, timeoutSeconds, answer, onLine);
}

/** What a wait for the machine gives; `onLine` gets a line now and then while it lasts. */
export async function whileWaiting<T>(
  target: SshTarget,
  timeoutSeconds: number,
  answer: Promise<T>,
  onLine: (line: string) => void,
): Promise<T> {
  let isTold = false;
  const result = await whileTelling(answer, soonThenRarely(), (seconds) => {
    isTold = true;
    onLine(`waiting for ${nameOf(target)} to answer: ${seconds} s of at most ${timeoutSeconds} s`);
  });
  // Else the last line stays on a terminal while what comes next tells nothing.
  if (isTold) onLine(`${nameOf(target)} answers`);
  return result;
}

/** Seconds between lines. */
function* soonThenRarely(): Generator<number> {
  yield 2;
  for (;;) yield 10;
}

async function waitForLogIn(target: SshTarget, timeoutSeconds: number): Promise<void> {
  // Loaded only where it is needed: it takes as long as a copy that has nothing to send.
  const { connectWithin } = await import("./connect-within.ts");
  await using _connection = await connectWithin(target, timeoutSeconds);
}
