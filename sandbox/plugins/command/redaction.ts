import { type Properties, revealAll, secretTexts } from "../lib/property-values.ts";

/** An error that an operation on these properties throws shows "[secret]" for what is secret. */
export async function withoutSecrets<T>(
  properties: Properties,
  operate: () => Promise<T>,
): Promise<T> {
  try {
    return await operate();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(redact(message, secretsOf(properties)), { cause: error });
  }
}

/**
 * A connection is secret as a whole, but an error that hides the host it is about, or every
 * "root" in it, helps nobody: only what opens the connection is taken out.
 */
function secretsOf({ connection, ...others }: Properties): string[] {
  const texts = secretTexts(others);
  const endpoint = connection === undefined ? {} : revealAll({ connection }).connection;
  for (const part of [endpoint, (endpoint as Properties).proxy]) {
    const { password, privateKey, privateKeyPassword } = (part ?? {}) as Properties;
    for (const text of [password, privateKey, privateKeyPassword]) {
      if (typeof text === "string") texts.push(text);
    }
  }
  return texts;
}

/** The longest first, as one secret may be a part of another. */
function redact(message: string, secrets: string[]): string {
  return secrets
    .filter((secret) => secret.trim() !== "")
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    .sort((a, b) => b.length - a.length)
    .reduce((text, secret) => text.replaceAll(secret, "[secret]"), message);
}
