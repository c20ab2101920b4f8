import * as pulumi from "@pulumi/pulumi";
import type { NixBuild } from "../../providers/nix-build.ts";
import type { BuildingMachine } from "../building/on-machine.ts";
import type { Config } from "../config.ts";
import { type Machine, sshTargetOf } from "../machines/machine.ts";
import { stackId } from "../names.ts";
import { NixError } from "../nix/cli.ts";
import { flakeAtRevision } from "../nix/flake-revision.ts";
import { isStorePath } from "../nix/store-path.ts";
import type { Arrival } from "../preview/text.ts";
import { buildSystem, type StackValues } from "./builds.ts";

export interface ChosenSystem {
  readonly system: pulumi.Output<string>;
  /** The derivation that each machine builds it from, where machines build. */
  readonly drvPath?: pulumi.Output<string>;
}

/**
 * The system that the stack is to run: the flake's, the flake's at another revision, or one that is
 * built already, for which nothing is evaluated and nothing is built.
 *
 * @param firstMachine builds it, where machines build, and tells what it became.
 * @param bootstrap what machines are made of is built first: they are made while this is built.
 */
export function chosenSystem(
  config: Config,
  values: StackValues,
  firstMachine: Machine,
  bootstrap: NixBuild | undefined,
): ChosenSystem {
  if (isStorePath(config.system)) return { system: pulumi.output(config.system) };
  const flake = config.system === "" ? config.flake : atRevision(config);
  const onMachine = config.build.on === "machine";
  const { outPath, drvPath } = buildSystem(
    "system",
    config.configuration,
    { ...config, flake },
    values,
    {
      arrival: arrivalIn(config),
      ...(onMachine ? { machine: buildingMachine(firstMachine, config) } : { after: bootstrap }),
    },
  );
  return { system: outPath, ...(onMachine && { drvPath }) };
}

/** How the stack's machines come to run the system. */
export function arrivalIn({ activation }: Config): Arrival {
  return activation.mode === "boot" ? "boot" : "switch";
}

function buildingMachine(
  machine: Machine,
  { connectTimeoutSeconds, compress }: Config,
): pulumi.Output<BuildingMachine> {
  return sshTargetOf(machine).apply((target) => ({
    ...target,
    connectTimeoutSeconds,
    compress,
    stack: stackId(),
  }));
}

function atRevision({ flake, system }: Config): string {
  try {
    return flakeAtRevision(flake, system, process.cwd());
  } catch (error) {
    throw error instanceof NixError ? new pulumi.RunError(error.message) : error;
  }
}
