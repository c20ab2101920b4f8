import { createHash } from "node:crypto";
import { blobOf } from "./host-key.ts";

/** The fingerprint of an SSH public key as ssh prints it: SHA256: and base64 without padding. */
export function fingerprint(publicKey: string): string {
  return `SHA256:${createHash("sha256").update(blobOf(publicKey)).digest("base64").replace(/=+$/, "")}`;
}
