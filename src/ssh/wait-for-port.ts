import { connect } from "node:net";
import { noAnswer, SshError } from "./reasons.ts";

/**
 * Waits until something accepts connections there.
 *
 * @throws {SshError} when nothing did within the time.
 */
export async function waitForPort(
  address: string,
  port: number,
  timeoutSeconds: number,
): Promise<void> {
  const ends = performance.now() + timeoutSeconds * 1000;
  const limit = () => Math.max(1, Math.min(5000, ends - performance.now()));
  const attempt = () => connectOnce(address, port, limit());
  try {
    const isThere = await attempt().then(
      () => true,
      () => false,
    );
    if (isThere) return;
    // Loaded here, for a machine that is up takes one try.
    const { default: pRetry } = await import("p-retry");
    await pRetry(attempt, {
      retries: Number.POSITIVE_INFINITY,
      maxRetryTime: timeoutSeconds * 1000,
      minTimeout: 100,
      maxTimeout: 1000,
      factor: 1.5,
    });
  } catch (error) {
    throw new SshError(
      `No answer from ${address} port ${port} within ${timeoutSeconds} s: ` +
        noAnswer((error as Error).message),
    );
  }
}

function connectOnce(host: string, port: number, timeout: number): Promise<void> {
  return new Promise((succeed, fail) => {
    const socket = connect({ host, port, timeout });
    socket.once("connect", () => socket.destroy() && succeed());
    socket.once("timeout", () => socket.destroy(new Error("timed out")));
    socket.once("error", fail);
  });
}
