import type * as pulumi from "@pulumi/pulumi";
import { NixBuild, type NixBuildArgs } from "../../providers/nix-build.ts";
import type { Config } from "../config.ts";
import { dataVolumeDevice } from "../machines/ec2/data-volume-device.ts";
import { type Evaluation, evaluate } from "../nix/evaluate.ts";
import type { Values } from "../nix/values.ts";
import { announceBuild } from "../preview/announce-build.ts";
import type { Arrival } from "../preview/text.ts";

export interface StackValues {
  readonly values: pulumi.Input<Values>;
  /** What they will most likely be, where they are not known yet. */
  readonly likely?: Values | undefined;
}

interface BuildOptions {
  /** Builds it, where there is one that builds. */
  readonly machine?: NixBuildArgs["machine"];
  /** Is to be built before. */
  readonly after?: NixBuild | undefined;
  /** How machines come to run it; by default they are made of it. */
  readonly arrival?: Arrival;
}

/** Builds the system of a NixOS configuration. */
export function buildSystem(
  name: string,
  configuration: string,
  config: Config,
  values: StackValues,
  options: BuildOptions = {},
): NixBuild {
  return build(name, `${configuration}.config.system.build.toplevel`, config, values, options);
}

/** Builds the Amazon image of a NixOS configuration. */
export function buildImage(
  name: string,
  configuration: string,
  config: Config,
  values: StackValues,
): NixBuild {
  return build(name, `${configuration}.config.system.build.images.amazon`, config, values, {});
}

/** An SSH public key that nobody has the private part of, for one that is not made yet. */
const KEY_TO_COME = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}`;

/**
 * What a stack knows of its machines whatever they become: the user's own values come last.
 *
 * @param publicKey of the stack's own, which machines let in beside the user's.
 */
export function valuesOf(config: Config, publicKey?: string): Values {
  const { dataVolume, values } = config;
  const ownKeys = publicKey === undefined ? [] : [publicKey];
  const authorizedKeys = [...ownKeys, ...config.authorizedKeys];
  if (!dataVolume) return { authorizedKeys, ...values };
  const { mountPoint } = dataVolume;
  return { authorizedKeys, dataVolume: { device: dataVolumeDevice, mountPoint }, ...values };
}

function build(
  name: string,
  attribute: string,
  config: Config,
  { values, likely }: StackValues,
  { machine, after, arrival = "new machine" }: BuildOptions,
): NixBuild {
  const { flake, overrideInputs, nixOptions, machines, platform, diff } = config;
  const installable = {
    flake,
    attribute: `nixosConfigurations.${attribute}`,
    overrideInputs,
    platform: machines === "aws" ? platform : undefined,
    nixOptions,
  };
  const evaluateInAdvance = () =>
    foreseen?.evaluation ?? evaluate({ ...installable, values: valuesOf(config, KEY_TO_COME) });
  const foreseen = likely && {
    values: likely,
    evaluation: begin({ ...installable, values: likely }),
  };
  const settings = { nixOptions, diff, arrival, isElsewhere: machine !== undefined };
  const builders = config.build.on === "builders" ? config.build.builders : undefined;
  return new NixBuild(
    name,
    { ...installable, values, foreseen, builders, machine },
    {
      hooks: announceBuild(name, settings, evaluateInAdvance),
      ...(after && { dependsOn: after }),
    },
  );
}

/** Whoever asks for it learns of its failure; most likely nobody does where it was not what came. */
function begin(installable: Parameters<typeof evaluate>[0]): Promise<Evaluation> {
  const evaluation = evaluate(installable);
  evaluation.catch(() => undefined);
  return evaluation;
}
