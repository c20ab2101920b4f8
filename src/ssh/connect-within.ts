import pRetry, { AbortError } from "p-retry";
import { connect, type SshConnection } from "./connection.ts";
import { SshError } from "./reasons.ts";
import type { SshTarget } from "./target.ts";

/** No single try lasts longer. */
const trySeconds = 10;

/**
 * Logs in to a machine as soon as it lets in.
 *
 * @param stopsWhenFinal whether a refusal ends it that would be the same a second later.
 * @throws {SshError} for the last try.
 */
export function connectWithin(
  target: SshTarget,
  timeoutSeconds: number,
  { stopsWhenFinal = true } = {},
): Promise<SshConnection> {
  const ends = performance.now() + timeoutSeconds * 1000;
  const attempt = async () => {
    const secondsLeft = Math.max(1, (ends - performance.now()) / 1000);
    return connect(target, Math.min(trySeconds, secondsLeft)).catch((error: unknown) => {
      const isFinal = stopsWhenFinal && error instanceof SshError && error.isFinal;
      throw isFinal ? new AbortError(error) : error;
    });
  };
  return pRetry(attempt, {
    retries: Number.POSITIVE_INFINITY,
    maxRetryTime: timeoutSeconds * 1000,
    minTimeout: 100,
    maxTimeout: 1000,
    factor: 1.5,
  });
}
