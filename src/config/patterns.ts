import { z } from "zod";
import { parseAttributePath } from "../nix/attribute-path.ts";

export const hostName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and dashes");

export const publicKey = z
  .string()
  .regex(
    /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,3}( [^\p{Cc}\u2028\u2029]*)?$/u,
    "must be one line as in a .pub file: ssh-ed25519 AAAA...",
  );

export const configurationName = z
  .string()
  .refine(isOneName, "must be one name in nixosConfigurations");

function isOneName(name: string): boolean {
  try {
    return parseAttributePath(name).length === 1;
  } catch {
    return false;
  }
}
