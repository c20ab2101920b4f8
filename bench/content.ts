import { randomBytes } from "node:crypto";

export type Content = "incompressible" | "compressible";

const MEBIBYTE = 2 ** 20;

/** So many chunks of a MiB; no two calls give the same. */
export function* contentOf(content: Content, mebibytes: number): Generator<Buffer> {
  const line = Buffer.from(`${randomBytes(16).toString("hex")} says the same on every line\n`);
  const same = Buffer.alloc(MEBIBYTE, line);
  for (let at = 0; at < mebibytes; at++) {
    yield content === "compressible" ? same : randomBytes(MEBIBYTE);
  }
}
