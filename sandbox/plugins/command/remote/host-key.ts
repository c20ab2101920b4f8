import { createHash } from "node:crypto";
import ssh2, { type ServerHostKeyAlgorithm } from "ssh2";

/** The one key that a host must prove to have. */
export interface HostKey {
  readonly type: string;
  readonly fingerprint: string;
  /** With the algorithms of this key first, a host that has several keys shows this one. */
  readonly algorithms: ServerHostKeyAlgorithm[];
  matches(presented: Buffer): boolean;
}

const rsaAlgorithms: ServerHostKeyAlgorithm[] = ["rsa-sha2-512", "rsa-sha2-256"];
const algorithms: ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  ...rsaAlgorithms,
];

/** Reads a key in the syntax of authorized_keys. */
export function parseHostKey(text: string, property: string): HostKey {
  const parsed = ssh2.utils.parseKey(text.trim());
  if (parsed instanceof Error || parsed.isPrivateKey()) {
    throw new Error(
      `${property} is not a public key. Give it as in authorized_keys: "ssh-ed25519 AAAA..."`,
    );
  }
  const key = parsed.getPublicSSH();
  const own = parsed.type === "ssh-rsa" ? rsaAlgorithms : [parsed.type as ServerHostKeyAlgorithm];
  return {
    type: parsed.type,
    fingerprint: fingerprint(key),
    algorithms: [...own, ...algorithms.filter((algorithm) => !own.includes(algorithm))],
    matches: (presented) => presented.equals(key),
  };
}

/** Both keys by fingerprint, as `ssh-keygen -l` and `ssh` show them. */
export function hostKeyMismatch(
  address: string,
  presented: Buffer,
  expected: HostKey,
  property: string,
): Error {
  return new Error(
    `host key mismatch: ${address} presented ${fingerprint(presented)} (${keyType(presented)}), ` +
      `${property} is ${expected.fingerprint} (${expected.type}). ` +
      "Another machine answers at this address, or its host key was changed: refusing to connect.",
  );
}

function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** The name that a public key in wire format starts with, after its length. */
function keyType(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString();
}
