import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ActivationConfig } from "../config/activation.ts";
import type { HealthCheckConfig } from "../config/health-checks.ts";
import { type Machine, sshTargetOf } from "../machines/machine.ts";
import { stackId } from "../names.ts";
import { asRoot } from "../ssh/as-root.ts";
import { type ActivationRequest, purposeOf, scripts, startCommand } from "./activation-script.ts";
import { commandConnection } from "./command-connection.ts";
import { confirmationHooks } from "./confirmation.ts";

export interface ActivationArgs {
  machine: Machine;
  /** Store path of a system that is in the machine's store by then. */
  system: pulumi.Input<string>;
  activation: ActivationConfig;
  /** What must hold before the activation is confirmed. */
  healthChecks: readonly HealthCheckConfig[];
  /** Generations of the system that garbage collection leaves; 0 leaves only the one in use. */
  keepGenerations: number;
  /** Besides another machine: what has the system activated again when it changes. */
  triggers?: readonly pulumi.Input<string | number>[];
}

/**
 * Activates the system on the machine: a command that fails, and is not recorded, whenever the machine
 * is not left running the system.
 */
export function activate(
  name: string,
  args: ActivationArgs,
  opts: pulumi.CustomResourceOptions,
): command.remote.Command {
  const { machine, triggers = [] } = args;
  const request = pulumi.output(args.system).apply(
    (system): ActivationRequest => ({
      ...args.activation,
      system,
      keepGenerations: args.keepGenerations,
      stack: stackId(),
    }),
  );
  return new command.remote.Command(
    name,
    {
      connection: commandConnection(machine),
      create: pulumi
        .all([machine.user, request])
        .apply(([user, asked]) => asRoot(user, startCommand(asked))),
      stdin: scripts.start,
      triggers: [machine.id, ...triggers],
      addPreviousOutputInEnv: false,
    },
    {
      ...opts,
      ...(["switch", "test"].includes(args.activation.mode) && {
        hooks: confirmationHooks(
          `${name}-confirmation`,
          pulumi.all([sshTargetOf(machine), request]).apply(([target, asked]) => ({
            target,
            purpose: purposeOf(asked),
            healthChecks: args.healthChecks,
            confirmTimeoutSeconds: args.activation.confirmTimeoutSeconds,
          })),
        ),
      }),
    },
  );
}
