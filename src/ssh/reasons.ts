// Why a machine cannot be got into, in the same words wherever it is tried.
import { stripVTControlCharacters } from "node:util";
import { fingerprint } from "./fingerprint.ts";
import type { SshEndpoint, SshTarget } from "./target.ts";

/** A message for the user: why a machine could not be reached or is not the right one. */
export class SshError extends Error {
  override name = "SshError";
  /** Whether it would be the same a second later. */
  readonly isFinal: boolean;

  constructor(
    message: string,
    { isFinal = false, cause }: ErrorOptions & { isFinal?: boolean } = {},
  ) {
    super(message, { cause });
    this.isFinal = isFinal;
  }
}

/** The endpoint as messages name it. */
export function nameOf({ user, address, port }: SshEndpoint): string {
  return `${user}@${address} port ${port}`;
}

/** @param offered the fingerprint of the key that it has instead. */
export function anotherMachine({ hostPublicKey }: SshEndpoint, offered: string): string {
  return (
    "another machine answers at this address. Its host key is not the pinned one, and nothing was " +
    `sent. Pinned: ${fingerprint(hostPublicKey)}. Offered: ${offered}. If the machine was replaced ` +
    "on purpose, give the stack its new host key; otherwise find out who answers there."
  );
}

export function keyRefused(
  { user }: SshEndpoint,
  { privateKey, keyFile, agentSocket }: Pick<SshTarget, "privateKey" | "keyFile" | "agentSocket">,
): string {
  if (keyFile !== undefined) {
    return (
      `the key in ${keyFile} is not let in as ${user}. Add its public key to that user's authorized ` +
      "keys there."
    );
  }
  return privateKey === undefined && agentSocket === undefined
    ? `no key of your ssh-agent is let in as ${user}. Add the right one with ssh-add, or its public ` +
        "key to that user's authorized keys on the machine."
    : `the machine does not let the stack's SSH key in as ${user}. Add its public key, the stack's ` +
        "output publicKey, to that user's authorized keys on the machine.";
}

/** @param words how the attempt ended. */
export function noAnswer(words: string): string {
  return (
    `${words.replace(/\.$/, "")}. Is the machine up, and may this computer reach its SSH port? Correct ` +
    "it, or wait longer with connectTimeoutSeconds, and run `pulumi up` again: it carries on from here."
  );
}

/** Undefined when the words that Nix left on stderr are of something else. */
export function sshMissing(stderr: string): string | undefined {
  // Nix 2.8, and newer ones.
  const words = /unable to execute '\S*ssh\S*': No such file|Could not find executable 'ssh'/;
  if (!words.test(stripVTControlCharacters(stderr))) {
    return undefined;
  }
  return "there is no ssh on PATH. Install OpenSSH's client: openssh-client in Debian.";
}

/** Undefined when the words that a command left on stderr are not sudo's. */
export function sudoRefused({ user }: SshEndpoint, stderr: string): string | undefined {
  if (!/^sudo: |is not in the sudoers file|: sudo: .*not found|may not run sudo/m.test(stderr)) {
    return undefined;
  }
  return (
    `${user} may not become root there without a password. Let that user run everything through ` +
    "sudo with NOPASSWD (security.sudo.extraRules in NixOS), or set the host's user to root."
  );
}
