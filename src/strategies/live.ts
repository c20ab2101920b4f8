import * as pulumi from "@pulumi/pulumi";
import type { NixBuild } from "../../providers/nix-build.ts";
import type { SshKey } from "../../providers/ssh-key.ts";
import type { Config } from "../config.ts";
import { Deployment } from "../deployment/deployment.ts";
import { rolloutOrder } from "../deployment/rollout.ts";
import { placeSecrets } from "../deployment/secrets.ts";
import { existingMachines } from "../machines/existing.ts";
import type { Machine } from "../machines/machine.ts";
import { sandboxMachines } from "../machines/sandbox.ts";
import { announceActivation } from "../preview/announce-activation.ts";
import { announceCopy } from "../preview/announce-copy.ts";
import { buildSystem, type StackValues, valuesOf } from "./builds.ts";
import { arrivalIn, type ChosenSystem, chosenSystem } from "./chosen-system.ts";
import { likelyKey, rememberKey } from "./likely-key.ts";
import type { DeployedMachine, StackOutputs } from "./stack-outputs.ts";

/**
 * Machines are made once; each change of the system is copied to them and activated.
 *
 * @param key none with sshAgent, which is for existing machines only.
 */
export async function deployLive(config: Config, key: SshKey | undefined): Promise<StackOutputs> {
  const values = stackValues(config, key);
  const { machines, bootstrap, imageId } = await makeMachines(config, key, values);
  const system = chosenSystem(config, values, machines[0] as Machine, bootstrap);
  return {
    machines: deployInOrder(config, machines, system),
    ...(key && { publicKey: key.publicKey }),
    ...(imageId && { imageId }),
  };
}

/** What systems are evaluated with is likely known before the engine tells of the key. */
function stackValues(config: Config, key: SshKey | undefined): StackValues {
  if (key === undefined) return { values: valuesOf(config) };
  const likely = likelyKey();
  return {
    values: key.publicKey.apply((publicKey) => valuesOf(config, rememberKey(publicKey))),
    likely: likely === undefined ? undefined : valuesOf(config, likely),
  };
}

interface MadeMachines {
  readonly machines: readonly Machine[];
  /** What they are made of, where it is built. */
  readonly bootstrap?: NixBuild | undefined;
  readonly imageId?: pulumi.Output<string>;
}

async function makeMachines(
  config: Config,
  key: SshKey | undefined,
  values: StackValues,
): Promise<MadeMachines> {
  if (config.machines === "existing" || key === undefined)
    return { machines: existingMachines(config.hosts, key?.privateKey) };
  const { privateKey } = key;
  if (config.machines === "aws")
    return (await import("./ec2-machines.ts")).makeEc2Machines(config, key, values);
  const { bootstrapConfiguration, count } = config;
  const bootstrap = buildSystem("bootstrap-system", bootstrapConfiguration, config, values);
  return {
    machines: sandboxMachines({ count, system: bootstrap.outPath, privateKey }),
    bootstrap,
  };
}

/**
 * Copies may be made at any time. Secrets and activations wait as the rollout says for the activations
 * of others, which have their own secrets by then.
 */
function deployInOrder(
  config: Config,
  machines: readonly Machine[],
  system: ChosenSystem,
): DeployedMachine[] {
  const activations: pulumi.Resource[] = [];
  const activationHooks = announceActivation({ ...config, arrival: arrivalIn(config) });
  return rolloutOrder(machines.length, config.rollout).map((before, number) => {
    const machine = machines[number] as Machine;
    const after = before.map((other) => activations[other] as pulumi.Resource);
    const deployment = new Deployment(machine.name, {
      ...config,
      machine,
      ...system,
      after: [...after, ...placeSecrets({ ...config, machine, after })],
      copyHooks: announceCopy(machine.name),
      activationHooks,
    });
    activations.push(deployment.activation);
    return {
      name: machine.name,
      address: machine.address,
      url: pulumi.interpolate`http://${machine.address}/`,
      system: deployment.system,
    };
  });
}
