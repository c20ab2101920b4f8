import * as pulumi from "@pulumi/pulumi";
import type { SshTarget } from "../src/ssh/target.ts";
import { ProgramResource } from "./program-resource.ts";

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

/**
 * What a machine runs, as `pulumi refresh` finds it. Where it is not what this stack activated last,
 * the next `pulumi up` raises {@link repairs}; whatever has that among its triggers runs again. Without
 * a refresh no connection is made.
 */
export class RunningSystem extends ProgramResource {
  /** How many times the machine was found to run something else. */
  declare readonly repairs: pulumi.Output<number>;
  /** What the last refresh found; empty when the machine is as this stack left it. */
  declare readonly drift: pulumi.Output<string>;

  constructor(name: string, args: RunningSystemArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "running-system",
      "nixos:RunningSystem",
      name,
      { ...args, target: pulumi.secret(args.target), repairs: undefined, drift: undefined },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["target"] }),
    );
  }
}
