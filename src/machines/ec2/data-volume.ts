import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../../aws/network.ts";
import { tagsOf } from "../../aws/tags.ts";
import type { DataVolumeConfig } from "../../config/ec2.ts";
import { dataVolumeDevice } from "./data-volume-device.ts";

/** An EBS volume of a machine's own, which the machine's replacement gets. */
export function dataVolume(
  name: string,
  network: Network,
  config: DataVolumeConfig,
  opts: pulumi.CustomResourceOptions,
): aws.ebs.Volume {
  return new aws.ebs.Volume(
    name,
    {
      availabilityZone: network.availabilityZone,
      size: config.sizeGiB,
      type: config.type,
      encrypted: config.encrypted,
      tags: tagsOf(name),
    },
    pulumi.mergeOptions(opts, { protect: config.protect }),
  );
}

/** Gone when its attachment goes: a machine's stop is what lets go of a mounted volume. */
export function attachDataVolume(
  name: string,
  instance: aws.ec2.Instance,
  volume: aws.ebs.Volume,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.VolumeAttachment {
  return new aws.ec2.VolumeAttachment(
    name,
    {
      instanceId: instance.id,
      volumeId: volume.id,
      deviceName: dataVolumeDevice,
      stopInstanceBeforeDetaching: true,
    },
    opts,
  );
}
