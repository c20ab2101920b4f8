import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { RunningSystem } from "../../providers/running-system.ts";
import { compileCacheFolder } from "../compile-cache-folder.js";
import { knownEarly } from "../known-early.ts";
import { sshTargetOf } from "../machines/machine.ts";
import { stackId } from "../names.ts";
import { type Activation, type ActivationArgs, activate } from "./activation.ts";
import { systemIn } from "./activation-script.ts";
import { copyInput } from "./copy-input.ts";
import { keylessTarget } from "./program-agent.ts";

export interface DeploymentArgs extends Omit<ActivationArgs, "triggers"> {
  /** Let the machine fetch from its own binary caches what it can. */
  substituteOnDestination: boolean;
  /** Compress what is copied. */
  compress: boolean;
  /** Derivation that the machine builds the system from; without one, the system is copied to it. */
  drvPath?: pulumi.Input<string>;
  /** Nix options for what the machine builds. */
  nixOptions?: Readonly<Record<string, string>>;
  /** What else happens around the copy. */
  copyHooks?: pulumi.ResourceHookBinding;
  /** The activation waits for these, such as files that its units need; the copy does not. */
  after?: readonly pulumi.Resource[];
}

/** Brings a system to a machine: copies its closure over SSH or has it built there, then activates it. */
export class Deployment extends pulumi.ComponentResource {
  /** Store path of the system that was activated last: the one before, where `--target` leaves it out. */
  readonly system: pulumi.Output<string>;
  /** What there is when the machine runs the system. */
  readonly activation: Activation;

  constructor(name: string, args: DeploymentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nixos:deployment:Deployment", name, {}, opts);
    const system = pulumi.output(args.system);
    const { repairs } = this.#watch(name, args);
    const copy = this.#copy(name, args, system, repairs);
    this.activation = activate(
      `${name}-activation`,
      { ...args, system, triggers: [repairs] },
      { parent: this, dependsOn: [copy, ...(args.after ?? [])] },
    );
    const { create, id } = this.activation;
    // Of one that `--target` leaves unmade the engine tells the command, and no ID.
    this.system = knownEarly(
      create.apply((command = "") => systemIn(command)),
      [id],
    );
    this.registerOutputs({ system: this.system });
  }

  #watch(name: string, { machine, activation }: DeploymentArgs): RunningSystem {
    return new RunningSystem(
      `${name}-running`,
      {
        machineName: machine.name,
        target: sshTargetOf(machine),
        stack: stackId(),
        watch: activation.mode !== "dry-activate",
        outlivesStack: machine.outlivesStack,
      },
      { parent: this },
    );
  }

  #copy(
    name: string,
    args: DeploymentArgs,
    system: pulumi.Output<string>,
    repairs: pulumi.Output<number>,
  ): command.local.Command {
    return new command.local.Command(
      `${name}-copy`,
      {
        interpreter: ["bash", "src/deployment/copy-closure.sh"],
        // What it does itself for this comes after Node.js has made JavaScript of its first file.
        environment: { NODE_COMPILE_CACHE: compileCacheFolder },
        create: args.drvPath ? pulumi.interpolate`${system} ${args.drvPath}` : system,
        stdin: copyRequest(args),
        triggers: [args.machine.id, repairs],
        addPreviousOutputInEnv: false,
      },
      { parent: this, ...(args.copyHooks && { hooks: args.copyHooks }) },
    );
  }
}

function copyRequest({ machine, ...args }: DeploymentArgs): pulumi.Output<string> {
  return keylessTarget(machine).apply((target) =>
    copyInput({
      ...target,
      substituteOnDestination: args.substituteOnDestination,
      compress: args.compress,
      connectTimeoutSeconds: args.connectTimeoutSeconds,
      stack: stackId(),
      ...(args.drvPath && args.nixOptions && { nixOptions: args.nixOptions }),
    }),
  );
}
