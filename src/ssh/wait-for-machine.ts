import pRetry, { AbortError } from "p-retry";
import { whileTelling } from "../while-telling.ts";
import { nameOf, SshError } from "./reasons.ts";
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
  return whileTelling(answer, soonThenRarely(), (seconds) =>
    onLine(`waiting for ${nameOf(target)} to answer: ${seconds} s of at most ${timeoutSeconds} s`),
  );
}

/** Seconds between lines. */
function* soonThenRarely(): Generator<number> {
  yield 2;
  for (;;) yield 10;
}

async function waitForLogIn(target: SshTarget, timeoutSeconds: number): Promise<void> {
  // Loaded only where it is needed: it takes as long as a copy that has nothing to send.
  const { connect } = await import("./connection.ts");
  const ends = performance.now() + timeoutSeconds * 1000;
  const limit = () => Math.max(1, (ends - performance.now()) / 1000);
  const attempt = async () => {
    try {
      await using _connection = await connect(target, limit());
    } catch (error) {
      throw error instanceof SshError && error.isFinal ? new AbortError(error) : error;
    }
  };
  await pRetry(attempt, {
    retries: Number.POSITIVE_INFINITY,
    maxRetryTime: timeoutSeconds * 1000,
    minTimeout: 100,
    maxTimeout: 1000,
    factor: 1.5,
  });
}
