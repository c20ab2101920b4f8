import pRetry, { AbortError } from "p-retry";
import { SshError } from "./reasons.ts";
import type { SshTarget } from "./target.ts";
import { waitForPort } from "./wait-for-port.ts";

/**
 * Waits until the machine's SSH server answers. Behind a bastion only a log-in can tell.
 *
 * @throws {SshError} when it did not within the time, or when waiting is of no use.
 */
export async function waitForMachine(target: SshTarget, timeoutSeconds: number): Promise<void> {
  if (!target.proxyJump) return waitForPort(target.address, target.port, timeoutSeconds);
  // Loaded only where it is needed: it takes as long as a copy that has nothing to send.
  const { connect } = await import("./connection.ts");
  const ends = Date.now() + timeoutSeconds * 1000;
  const attempt = async () => {
    try {
      await using _connection = await connect(target, Math.max(1, (ends - Date.now()) / 1000));
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
