import { once } from "node:events";
import { createConnection } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const betweenTriesMs = 20;
const perTryMs = 1000;

/**
 * Waits until an SSH server greets at the address.
 *
 * @param isBooting asked between tries; when it says no, there is nothing to wait for.
 * @returns whether it did.
 */
export async function waitForSsh(
  address: string,
  port: number,
  timeoutSeconds: number,
  isBooting: () => Promise<boolean>,
): Promise<boolean> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  while (Date.now() < deadline) {
    if (await isGreetedBySsh(address, port)) return true;
    if (!(await isBooting())) return false;
    await delay(betweenTriesMs);
  }
  return false;
}

async function isGreetedBySsh(address: string, port: number): Promise<boolean> {
  const socket = createConnection({ host: address, port });
  try {
    const [greeting] = await once(socket, "data", { signal: AbortSignal.timeout(perTryMs) });
    return String(greeting).startsWith("SSH-");
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
