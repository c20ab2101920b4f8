import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ActivationConfig } from "../config/activation.ts";
import type { HealthCheckConfig } from "../config/health-checks.ts";
import { type Machine, sshTargetOf } from "../machines/machine.ts";
import { stackId } from "../names.ts";
import { asRoot } from "../ssh/as-root.ts";
import { type ActivationRequest, purposeOf, startCommand } from "./activation-script.ts";
import { commandConnection } from "./command-connection.ts";
import { confirming } from "./confirmation.ts";
import { packedStart } from "./packed-start.ts";
import { keylessTarget } from "./program-agent.ts";
import type { RebootRequest } from "./reboot-machine.ts";

export interface ActivationArgs {
  machine: Machine;
  /** Store path of a system that is in the machine's store by then. */
  system: pulumi.Input<string>;
  activation: ActivationConfig;
  /** What must hold before the activation is confirmed. */
  healthChecks: readonly HealthCheckConfig[];
  /** Generations of the system that garbage collection leaves; 0 leaves only the one in use. */
  keepGenerations: number;
  /** How long to wait for the machine to answer on SSH. */
  connectTimeoutSeconds: number;
  /** What else happens before the system is activated instead of another one. */
  activationHooks?: pulumi.ResourceHookBinding;
  /** Besides another machine: what has the system activated again when it changes. */
  triggers?: readonly pulumi.Input<string | number>[];
}

export type Activation = command.local.Command | command.remote.Command;

/**
 * Activates the system on the machine: a command that fails, and is not recorded, whenever the machine
 * is not left running the system.
 */
export function activate(
  name: string,
  args: ActivationArgs,
  opts: pulumi.CustomResourceOptions,
): Activation {
  const { machine, activation, triggers = [] } = args;
  const { mode, reboot } = activation;
  const request = pulumi.output(args.system).apply(
    (system): ActivationRequest => ({
      ...activation,
      system,
      keepGenerations: args.keepGenerations,
      stack: stackId(),
    }),
  );
  const common = {
    create: pulumi
      .all([machine.user, request])
      .apply(([user, asked]) => asRoot(user, startCommand(asked))),
    triggers: [machine.id, ...triggers],
    addPreviousOutputInEnv: false,
  };
  const confirmation =
    reboot || ["switch", "test"].includes(mode)
      ? confirming(
          `${name}-confirmation`,
          pulumi.all([sshTargetOf(machine), request]).apply(([target, asked]) => ({
            target,
            purpose: purposeOf(asked),
            healthChecks: args.healthChecks,
            confirmTimeoutSeconds: activation.confirmTimeoutSeconds,
          })),
        )
      : undefined;
  const beforeUpdate = [args.activationHooks, confirmation?.hooks].flatMap(
    (hooks) => hooks?.beforeUpdate ?? [],
  );
  const options = { ...opts, hooks: { ...confirmation?.hooks, beforeUpdate } };
  // A reboot by no remote command: it ends with its connection, and the machine is to come back first.
  const resource = reboot
    ? new command.local.Command(
        name,
        {
          ...common,
          interpreter: ["node", "src/deployment/reboot-into-system.ts"],
          stdin: rebootRequest(args, request),
        },
        options,
      )
    : new command.remote.Command(
        name,
        { ...common, connection: commandConnection(machine), stdin: packedStart },
        options,
      );
  if (confirmation) resource.id.apply(confirmation.end);
  return resource;
}

function rebootRequest(
  { machine, activation, connectTimeoutSeconds }: ActivationArgs,
  request: pulumi.Output<ActivationRequest>,
): pulumi.Output<string> {
  return pulumi.all([keylessTarget(machine), request]).apply(([target, asked]) => {
    const rebooted: RebootRequest = {
      ...target,
      purpose: purposeOf(asked),
      connectTimeoutSeconds,
      awaySeconds: activation.timeoutSeconds + activation.confirmTimeoutSeconds,
    };
    return JSON.stringify(rebooted);
  });
}
