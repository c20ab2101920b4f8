import * as pulumi from "@pulumi/pulumi";
import { ProgramResource } from "./program-resource.ts";

export interface SandboxMachineArgs {
  /** Name of the machine on this computer, and its host name: lower-case letters, digits, hyphens. */
  machineName: pulumi.Input<string>;
  /**
   * Store path of the system that the machine boots when it is made. A later change of it changes
   * nothing: what a machine runs from then on is the deployment's.
   */
  system: pulumi.Input<string>;
  /** The machine's SSH host key, in OpenSSH's format. Always kept as a secret. */
  hostPrivateKey: pulumi.Input<string>;
  /** Its public part, as in a .pub file. */
  hostPublicKey: pulumi.Input<string>;
}

/**
 * A machine booted on this computer with systemd-nspawn, with a disk, a Nix store, a network and an
 * SSH server of its own. It runs on when `pulumi up` ends; after the computer's reboot it is down,
 * which `pulumi refresh` sees, and the next `pulumi up` starts it with its disk.
 */
export class SandboxMachine extends ProgramResource {
  declare readonly machineName: pulumi.Output<string>;
  /** Store path of the system that it was made from. */
  declare readonly system: pulumi.Output<string>;
  declare readonly hostPublicKey: pulumi.Output<string>;
  /** IPv4 address, the machine's for its life. */
  declare readonly address: pulumi.Output<string>;
  /** IPv6 address, the machine's for its life. */
  declare readonly address6: pulumi.Output<string>;
  /** SSH port. */
  declare readonly port: pulumi.Output<number>;
  declare readonly state: pulumi.Output<"running" | "stopped">;

  constructor(name: string, args: SandboxMachineArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "sandbox-machine",
      "sandbox:Machine",
      name,
      {
        ...args,
        hostPrivateKey: pulumi.secret(args.hostPrivateKey),
        address: undefined,
        address6: undefined,
        port: undefined,
        state: undefined,
      },
      pulumi.mergeOptions(opts, {
        additionalSecretOutputs: ["hostPrivateKey"],
        // Here and not in diff, which the engine does not ask where --replace names it.
        deleteBeforeReplace: true,
      }),
    );
  }
}
