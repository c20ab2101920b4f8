import { setTimeout as delay } from "node:timers/promises";
import { log } from "./engine-log.ts";

let latest: string | undefined;
let isSending = false;

/**
 * Shows a line as the stack's status while a resource operation runs; it is not kept. Of lines that come
 * within a second the latest is shown: without a terminal the engine prints each one that it gets.
 */
export function showStatus(line: string): void {
  latest = line;
  if (isSending) return;
  isSending = true;
  void sendLatest().finally(() => {
    isSending = false;
  });
}

async function sendLatest(): Promise<void> {
  while (latest !== undefined) {
    const message = latest.slice(0, 200);
    latest = undefined;
    await log({ severity: "INFO", message, isEphemeral: true });
    await delay(1000, undefined, { ref: false });
  }
}
