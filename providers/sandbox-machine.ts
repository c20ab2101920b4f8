import * as pulumi from "@pulumi/pulumi";

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

/** The methods capture nothing: the engine stores their text, and each runs the program's code of today. */
const provider: pulumi.dynamic.ResourceProvider = {
  async check(olds, news) {
    return require(`${process.cwd()}/providers/sandbox-machine.impl.ts`).check(olds, news);
  },
  async diff(id, olds, news) {
    return require(`${process.cwd()}/providers/sandbox-machine.impl.ts`).diff(id, olds, news);
  },
  async create(inputs) {
    return require(`${process.cwd()}/providers/sandbox-machine.impl.ts`).create(inputs);
  },
  async update(id, olds, news) {
    return require(`${process.cwd()}/providers/sandbox-machine.impl.ts`).update(id, olds, news);
  },
  async read(id, props) {
    return require(`${process.cwd()}/providers/sandbox-machine.impl.ts`).read(id, props);
  },
  async delete(id, props) {
    return require(`${process.cwd()}/providers/sandbox-machine.impl.ts`).delete(id, props);
  },
};

/**
 * A machine booted on this computer with systemd-nspawn, with a disk, a Nix store, a network and an
 * SSH server of its own. It runs on when `pulumi up` ends; after the computer's reboot it is down,
 * which `pulumi refresh` sees, and the next `pulumi up` starts it with its disk.
 */
export class SandboxMachine extends pulumi.dynamic.Resource {
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
      provider,
      name,
      {
        ...args,
        hostPrivateKey: pulumi.secret(args.hostPrivateKey),
        address: undefined,
        address6: undefined,
        port: undefined,
        state: undefined,
      },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["hostPrivateKey"] }),
      "sandbox",
      "Machine",
    );
  }
}
