import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { RetainedImages } from "../../providers/retained-images.ts";
import { defaultNetwork } from "../aws/network.ts";
import { stackTags } from "../aws/tags.ts";
import type { Config } from "../config.ts";
import { Image } from "../image/image.ts";
import { type KnownImage, retainedImage } from "../image/retained-image.ts";
import { knownEarly } from "../known-early.ts";
import { Ec2Machine } from "../machines/ec2/ec2-machine.ts";
import { Firewall } from "../machines/ec2/firewall.ts";
import { machineName } from "../names.ts";
import { announceUpload } from "../preview/announce-upload.ts";
import { buildImage, valuesOf } from "./builds.ts";
import type { DeployedMachine, StackOutputs } from "./stack-outputs.ts";

/** Each change of the system makes a new AMI, and new machines of it take the old ones' place. */
export function deployImage(config: Config): StackOutputs {
  const image = config.image === "" ? newImage(config) : retainedImage(config.image);
  const network = defaultNetwork();
  const { securityGroupId } = new Firewall("firewall", { ...config, network });
  const machines = Array.from({ length: config.count }, (_, index) =>
    launch(machineName(index + 1), config, { ...image, network, securityGroupId }),
  );
  const retained = config.retainImages > 0 ? retainImages(config, image, machines) : undefined;
  return {
    machines,
    imageId: image.imageId,
    ...(retained && { retainedImages: retained.images }),
  };
}

function newImage(config: Config): KnownImage {
  const values = valuesOf(config);
  const build = buildImage("image-build", config.imageConfiguration, config, { values });
  const system = build.imageSystem.apply((path) => path ?? "");
  const { imageId } = new Image("image", {
    ...config,
    build,
    system,
    retain: config.retainImages > 0,
    uploadHooks: announceUpload("image", "image-build"),
  });
  return { imageId, system };
}

type Placement = Pick<
  ConstructorParameters<typeof Ec2Machine>[1],
  "imageId" | "network" | "securityGroupId"
> & { readonly system: pulumi.Output<string> };

function launch(name: string, config: Config, placement: Placement): DeployedMachine {
  const machine = new Ec2Machine(name, { ...config, ...placement, ignoreImage: false });
  return {
    name,
    address: machine.address,
    url: pulumi.interpolate`http://${machine.address}/`,
    system: knownEarly(machine.imageSystem, [machine.instanceId]),
  };
}

/** What machines ran until now goes only when they run something else. */
function retainImages(
  { retainImages: keep }: Config,
  { imageId }: KnownImage,
  machines: readonly DeployedMachine[],
): RetainedImages {
  const current = pulumi
    .all([imageId, ...machines.map(({ system }) => system)])
    .apply(([id = ""]) => id);
  const profile = aws.config.profile;
  return new RetainedImages("retained-images", {
    region: aws.getRegionOutput().region,
    ...(profile !== undefined && { profile }),
    current,
    keep,
    tags: stackTags(),
  });
}
