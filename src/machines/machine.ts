import * as pulumi from "@pulumi/pulumi";
import type { SshEndpoint, SshTarget } from "../ssh/target.ts";

/** A machine that a system can be brought to, whatever made it. */
export interface Machine {
  /** Unique in the stack. */
  readonly name: string;
  /** Changes when another machine takes this one's place. */
  readonly id: pulumi.Output<string>;
  readonly address: pulumi.Output<string>;
  /** SSH port. */
  readonly port: pulumi.Output<number>;
  /** The user that logs in and may become root. */
  readonly user: pulumi.Output<string>;
  /** SSH host key as in a .pub file: the only identity that is accepted. */
  readonly hostPublicKey: pulumi.Output<string>;
  /** SSH private key to log in with, a secret; without one, the keys of the user's ssh-agent. */
  readonly privateKey?: pulumi.Output<string> | undefined;
  /** Bastion that all connections to its SSH port go through. */
  readonly proxyJump?: SshEndpoint | undefined;
  /** It is there whatever becomes of the stack. */
  readonly outlivesStack: boolean;
  /** What the machine is gone with; absent if the stack did not make it. */
  readonly resource?: pulumi.Resource;
}

/** How to get into the machine, a secret. */
export function sshTargetOf(machine: Machine): pulumi.Output<SshTarget> {
  const { address, port, user, hostPublicKey, privateKey, proxyJump } = machine;
  return pulumi.secret(
    pulumi.output({ address, port, user, hostPublicKey, privateKey, proxyJump }),
  );
}
