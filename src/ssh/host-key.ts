import type { ServerHostKeyAlgorithm } from "ssh2";

/** The key as it goes over the wire. */
export function blobOf(publicKey: string): Buffer {
  return Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
}

/** An RSA key signs with SHA-2 today; its own name stands for SHA-1, which servers refuse. */
export function hostKeyAlgorithms(publicKey: string): ServerHostKeyAlgorithm[] {
  const type = publicKey.split(" ")[0] ?? "";
  return type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type as ServerHostKeyAlgorithm];
}
