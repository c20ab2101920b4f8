import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { RunningSystem } from "../../providers/running-system.ts";
import { type Machine, sshTargetOf } from "../machines/machine.ts";
import { stackId } from "../names.ts";
import { asRoot } from "../ssh/as-root.ts";
import { commandConnection } from "./command-connection.ts";
import type { CopyRequest } from "./copy-to-machine.ts";

export interface DeploymentArgs {
  machine: Machine;
  /** Store path of a system that this computer's store holds by the time of the copy. */
  system: pulumi.Input<string>;
  /** Generations of the system that garbage collection leaves; 0 leaves only the one in use. */
  keepGenerations: number;
  /** Let the machine fetch from its own binary caches what it can. */
  substituteOnDestination: boolean;
  /** Compress what is copied. */
  compress: boolean;
  /** How long to wait for the machine to answer on SSH. */
  connectTimeoutSeconds: number;
  /** What else happens around the copy. */
  copyHooks?: pulumi.ResourceHookBinding;
  /** The activation waits for these, such as files that its units need; the copy does not. */
  after?: readonly pulumi.Resource[];
}

const activationScript = readFileSync(join(import.meta.dirname, "activate.sh"), "utf8");

/** Brings a system to a machine: copies its closure over SSH, then activates it. */
export class Deployment extends pulumi.ComponentResource {
  /** Store path of the system that the machine runs, known to run it. */
  readonly system: pulumi.Output<string>;
  /** What there is when the machine runs the system. */
  readonly activation: pulumi.CustomResource;

  constructor(name: string, args: DeploymentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nixos:deployment:Deployment", name, {}, opts);
    const system = pulumi.output(args.system);
    const { repairs } = this.#watch(name, args);
    const copy = this.#copy(name, args, system, repairs);
    this.activation = this.#activate(name, args, system, repairs, copy);
    this.system = pulumi.all([system, this.activation.id]).apply(([path]) => path);
    this.registerOutputs({ system: this.system });
  }

  #watch(name: string, { machine }: DeploymentArgs): RunningSystem {
    return new RunningSystem(
      `${name}-running`,
      {
        machineName: machine.name,
        target: sshTargetOf(machine),
        stack: stackId(),
        watch: true,
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
        interpreter: ["node", "src/deployment/copy-closure.ts"],
        create: system,
        stdin: copyRequest(args),
        triggers: [args.machine.id, repairs],
        addPreviousOutputInEnv: false,
      },
      { parent: this, ...(args.copyHooks && { hooks: args.copyHooks }) },
    );
  }

  #activate(
    name: string,
    { machine, keepGenerations, after = [] }: DeploymentArgs,
    system: pulumi.Output<string>,
    repairs: pulumi.Output<number>,
    copy: command.local.Command,
  ): command.remote.Command {
    return new command.remote.Command(
      `${name}-activation`,
      {
        connection: commandConnection(machine),
        create: pulumi
          .all([machine.user, system])
          .apply(([user, path]) =>
            asRoot(user, `sh -s -- ${path} ${keepGenerations} ${stackId()}`),
          ),
        stdin: activationScript,
        triggers: [machine.id, repairs],
        addPreviousOutputInEnv: false,
      },
      { parent: this, dependsOn: [copy, ...after] },
    );
  }
}

function copyRequest({ machine, ...args }: DeploymentArgs): pulumi.Output<string> {
  return sshTargetOf(machine).apply((target) => {
    const request: CopyRequest = {
      ...target,
      substituteOnDestination: args.substituteOnDestination,
      compress: args.compress,
      connectTimeoutSeconds: args.connectTimeoutSeconds,
    };
    return JSON.stringify(request);
  });
}
