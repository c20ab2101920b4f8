import * as pulumi from "@pulumi/pulumi";
import type { SshTarget } from "../src/ssh/target.ts";

export interface RunningSystemArgs {
  /** The machine's name, for messages. */
  machineName: string;
  /** How to get into it. Always kept as a secret. */
  target: pulumi.Input<SshTarget>;
  /** Whose activations count: the stack's name among all that may deploy to the machine. */
  stack: string;
  /** A refresh looks at the machine. */
  watch: boolean;
  /** The machine stays when the stack goes, which is then said. */
  outlivesStack: boolean;
}

/** The methods capture nothing: the engine stores their text, and each runs the program's code of today. */
const provider: pulumi.dynamic.ResourceProvider = {
  async check(olds, news) {
    return require(`${process.cwd()}/providers/running-system.impl.ts`).check(olds, news);
  },
  async diff(id, olds, news) {
    return require(`${process.cwd()}/providers/running-system.impl.ts`).diff(id, olds, news);
  },
  async create(inputs) {
    return require(`${process.cwd()}/providers/running-system.impl.ts`).create(inputs);
  },
  async update(id, olds, news) {
    return require(`${process.cwd()}/providers/running-system.impl.ts`).update(id, olds, news);
  },
  async read(id, props) {
    return require(`${process.cwd()}/providers/running-system.impl.ts`).read(id, props);
  },
  async delete(id, props) {
    return require(`${process.cwd()}/providers/running-system.impl.ts`).delete(id, props);
  },
};

/**
 * What a machine runs, as `pulumi refresh` finds it. Where it is not what this stack activated last,
 * the next `pulumi up` raises {@link repairs}; whatever has that among its triggers runs again. Without
 * a refresh no connection is made.
 */
export class RunningSystem extends pulumi.dynamic.Resource {
  /** How many times the machine was found to run something else. */
  declare readonly repairs: pulumi.Output<number>;
  /** What the last refresh found; empty when the machine is as this stack left it. */
  declare readonly drift: pulumi.Output<string>;

  constructor(name: string, args: RunningSystemArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      provider,
      name,
      { ...args, target: pulumi.secret(args.target), repairs: undefined, drift: undefined },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["target"] }),
      "nixos",
      "RunningSystem",
    );
  }
}
