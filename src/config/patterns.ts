import { z } from "zod";
import { parseAttributePath } from "../nix/attribute-path.ts";

export const hostName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and dashes");

const publicKeyLine =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,3}( [^\p{Cc}\u2028\u2029]*)?$/u;

export const publicKey = z
  .string()
  .regex(publicKeyLine, {
    error: "must be one line as in a .pub file: ssh-ed25519 AAAA...",
    abort: true,
  })
  .refine(
    isWholeKey,
    "must be a whole public key: this one is cut, or not of the type that it begins with",
  );

export const configurationName = z
  .string()
  .refine(isOneName, "must be one name in nixosConfigurations");

/** A key on the wire is texts with their lengths, of which the first is its type. */
function isWholeKey(line: string): boolean {
  const [type = "", base64 = ""] = line.split(" ");
  const blob = Buffer.from(base64, "base64");
  let end = 0;
  while (end + 4 <= blob.length) end += 4 + blob.readUInt32BE(end);
  return (
    end > 0 && end === blob.length && blob.subarray(4, 4 + blob.readUInt32BE()).toString() === type
  );
}

function isOneName(name: string): boolean {
  try {
    return parseAttributePath(name).length === 1;
  } catch {
    return false;
  }
}
