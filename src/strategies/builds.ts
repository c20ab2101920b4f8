import type * as pulumi from "@pulumi/pulumi";
import { NixBuild } from "../../providers/nix-build.ts";
import type { Config } from "../config.ts";
import { dataVolumeDevice } from "../machines/ec2/data-volume.ts";
import type { Values } from "../nix/values.ts";
import { announceBuild } from "../preview/announce-build.ts";

/** Builds the system of a NixOS configuration. */
export function buildSystem(
  name: string,
  configuration: string,
  config: Config,
  values: pulumi.Input<Values>,
): NixBuild {
  return build(name, `${configuration}.config.system.build.toplevel`, config, values);
}

/** Builds the Amazon image of a NixOS configuration. */
export function buildImage(
  name: string,
  configuration: string,
  config: Config,
  values: pulumi.Input<Values>,
): NixBuild {
  return build(name, `${configuration}.config.system.build.images.amazon`, config, values);
}

/** What a stack knows of its machines whatever they become: the user's own values come last. */
export function valuesOf(config: Config): Values {
  const { dataVolume, values } = config;
  if (!dataVolume) return values;
  const { mountPoint } = dataVolume;
  return { dataVolume: { device: dataVolumeDevice, mountPoint }, ...values };
}

function build(
  name: string,
  attribute: string,
  { flake, overrideInputs, nixOptions, builders, machines, platform, diff, diffFile }: Config,
  values: pulumi.Input<Values>,
): NixBuild {
  const settings = { nixOptions, builders: builders || undefined };
  return new NixBuild(
    name,
    {
      flake,
      attribute: `nixosConfigurations.${attribute}`,
      overrideInputs,
      values,
      platform: machines === "aws" ? platform : undefined,
      ...settings,
    },
    { hooks: announceBuild(name, { ...settings, diff, diffFile }) },
  );
}
