import { setTimeout as delay } from "node:timers/promises";
import type { Operation } from "../../lib/operation.ts";

const firstDelayMs = 100;
const delayGrowth = 1.5;
const longestDelayMs = 5000;

/**
 * Dials until one succeeds or more than `limit` have failed; -1 is no limit. The waits between
 * are those of the plugin: https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/util/retry
 */
export async function dialWithRetry<T>(
  { what, limit }: { what: string; limit: number },
  operation: Operation,
  dial: () => Promise<T>,
): Promise<T> {
  for (let dials = 1, waitMs = firstDelayMs; ; dials++) {
    operation.signal.throwIfAborted();
    try {
      return await dial();
    } catch (error) {
      operation.signal.throwIfAborted();
      const reason = (error as Error).message;
      if (limit !== -1 && dials > limit) {
        const times = dials === 1 ? "1 attempt" : `${dials} attempts`;
        throw new Error(`${what} failed after ${times}: ${reason}`, { cause: error });
      }
      const count = limit === -1 ? `${dials}/inf` : `${dials}/${limit}`;
      operation.log("info", `${what} ${count} failed: retrying (${reason})`, { status: true });
    }
    await delay(waitMs, undefined, { signal: operation.signal }).catch(() => undefined);
    waitMs = Math.min(waitMs * delayGrowth, longestDelayMs);
  }
}
