import { setTimeout as delay } from "node:timers/promises";

interface ApiError {
  readonly name?: string;
  readonly Code?: string;
  readonly message?: string;
}

export function codeOf(error: unknown): string {
  const { name, Code } = error as ApiError;
  return Code ?? name ?? "";
}

/** Runs a call and tells its failure as the real provider does. */
export async function calling<T>(
  what: string,
  operation: string,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const { message } = error as ApiError;
    throw Object.assign(
      new Error(`${what}: operation error ${operation}, api error ${codeOf(error)}: ${message}`),
      { Code: codeOf(error) },
    );
  }
}

/** What the call gives, or undefined where its error says that the thing is not there. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (/NotFound|NoSuch|^404$|Unavailable$/.test(codeOf(error))) return undefined;
    throw error;
  }
}

/**
 * Asks again until there is an answer.
 *
 * @param ask gives undefined as long as there is none.
 * @throws {Error} when there is none in time, or the user cancels.
 */
export async function poll<T>(
  what: string,
  seconds: number,
  signal: AbortSignal,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: timeout while waiting (${seconds} s)`);
    await delay(200, undefined, { signal });
  }
}

/** Calls again for some time while the error says that it may help. */
export async function retrying<T>(
  seconds: number,
  mayHelp: (error: Error) => boolean,
  call: () => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (Date.now() > deadline || !mayHelp(error as Error)) throw error;
      await delay(300);
    }
  }
}
