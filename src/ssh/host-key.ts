import type { ServerHostKeyAlgorithm } from "ssh2";

/** The key as it goes over the wire. */
export function blobOf(publicKey: string): Buffer {
  return Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
}

// An RSA key signs with SHA-2 today; its own name stands for SHA-1, which servers refuse.
const rsaAlgorithms: readonly ServerHostKeyAlgorithm[] = ["rsa-sha2-512", "rsa-sha2-256"];
const algorithms: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  ...rsaAlgorithms,
];

/**
 * Every algorithm, with those of the key first: a server that has several keys shows this one, and one
 * that has only others shows one whose fingerprint can be told.
 */
export function hostKeyAlgorithms(publicKey: string): ServerHostKeyAlgorithm[] {
  const type = publicKey.split(" ")[0] ?? "";
  const own = type === "ssh-rsa" ? rsaAlgorithms : [type as ServerHostKeyAlgorithm];
  return [...own, ...algorithms.filter((algorithm) => !own.includes(algorithm))];
}
