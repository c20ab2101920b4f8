import { blobOf } from "../ssh/host-key.ts";
import type { SshEndpoint } from "../ssh/target.ts";

/** A computer that builds what another one's Nix hands to it. */
export interface Builder extends SshEndpoint {
  /** File that holds the private key to log in with; empty for the keys of the user's ssh-agent. */
  readonly keyFile: string;
  /** As Nix names them. */
  readonly platforms: readonly string[];
  /** How many derivations it builds at once. */
  readonly maxJobs: number;
  /** The one with the highest is asked first. */
  readonly speedFactor: number;
  /** What it offers to derivations that ask for it, such as `kvm`. */
  readonly features: readonly string[];
}

/**
 * The builder as a line of Nix's `builders`, host key included, in words without white space.
 *
 * @param keyFile path without white space; undefined for an ssh-agent's keys.
 */
export function machineLine(builder: Builder, keyFile: string | undefined): string {
  const { address, user, platforms, maxJobs, speedFactor, features, hostPublicKey } = builder;
  const [type = ""] = hostPublicKey.split(" ");
  const publicKey = `${type} ${blobOf(hostPublicKey).toString("base64")}`;
  return [
    `ssh://${user}@${address.includes(":") ? `[${address}]` : address}`,
    platforms.join(","),
    keyFile ?? "-",
    maxJobs,
    speedFactor,
    features.join(",") || "-",
    "-",
    Buffer.from(publicKey).toString("base64"),
  ].join(" ");
}
