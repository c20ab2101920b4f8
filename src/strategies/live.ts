import * as pulumi from "@pulumi/pulumi";
import { NixBuild } from "../../providers/nix-build.ts";
import { SshKey } from "../../providers/ssh-key.ts";
import type { Config } from "../config.ts";
import { Deployment } from "../deployment/deployment.ts";
import { existingMachines } from "../machines/existing.ts";
import type { Machine } from "../machines/machine.ts";
import { sandboxMachines } from "../machines/sandbox.ts";

/** What a stack tells of one machine. */
export interface DeployedMachine {
  readonly name: string;
  readonly address: pulumi.Output<string>;
  /** Where the application answers. */
  readonly url: pulumi.Output<string>;
  /** Store path of the system that it runs. */
  readonly system: pulumi.Output<string>;
}

export interface LiveStack {
  readonly machines: readonly DeployedMachine[];
  /** SSH public key that the machines let in. */
  readonly publicKey: pulumi.Output<string>;
}

/** Machines are made once; each change of the system is copied to them and activated. */
export function deployLive(config: Config): LiveStack {
  const key = new SshKey("key", { privateKey: config.privateKey });
  const values = key.publicKey.apply((publicKey) => ({
    ...config.values,
    authorizedKeys: [publicKey, ...config.authorizedKeys],
  }));
  const buildSystem = (name: string, configuration: string) =>
    new NixBuild(name, {
      flake: config.flake,
      attribute: `nixosConfigurations.${configuration}.config.system.build.toplevel`,
      overrideInputs: config.overrideInputs,
      values,
      nixOptions: config.nixOptions,
      builders: config.builders || undefined,
    });
  const system = buildSystem("system", config.configuration);
  const machines = makeMachines(config, key, () =>
    buildSystem("bootstrap-system", config.bootstrapConfiguration),
  );
  return {
    machines: machines.map((machine) => deploy(config, machine, system)),
    publicKey: key.publicKey,
  };
}

function makeMachines(config: Config, key: SshKey, buildBootstrap: () => NixBuild): Machine[] {
  const { privateKey } = key;
  if (config.machines === "existing") return existingMachines(config.hosts, privateKey);
  return sandboxMachines({ count: config.count, system: buildBootstrap().outPath, privateKey });
}

function deploy(config: Config, machine: Machine, system: NixBuild): DeployedMachine {
  const { keepGenerations, substituteOnDestination, compress, connectTimeoutSeconds } = config;
  const deployment = new Deployment(machine.name, {
    machine,
    system: system.outPath,
    keepGenerations,
    substituteOnDestination,
    compress,
    connectTimeoutSeconds,
  });
  return {
    name: machine.name,
    address: machine.address,
    url: pulumi.interpolate`http://${machine.address}/`,
    system: deployment.system,
  };
}
