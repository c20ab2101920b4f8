/** A server of SSH: where it answers, who logs in, and the one host key that is accepted. */
export interface SshEndpoint {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** As in a .pub file. */
  readonly hostPublicKey: string;
}

/** A machine, and how to get into it. */
export interface SshTarget extends SshEndpoint {
  /** In OpenSSH's format, without a passphrase; without one, the keys of an ssh-agent. */
  readonly privateKey?: string | undefined;
  /** Socket of the program's own ssh-agent, which has the stack's key; without one, the user's. */
  readonly agentSocket?: string | undefined;
  /** File that the private key was read from, where it is not the stack's own. */
  readonly keyFile?: string | undefined;
  /** Bastion that the connection goes through, with the same keys. */
  readonly proxyJump?: SshEndpoint | undefined;
}
