import type * as pulumi from "@pulumi/pulumi";
import type { NixBuild } from "../../providers/nix-build.ts";
import type { SshKey } from "../../providers/ssh-key.ts";
import { defaultNetwork } from "../aws/network.ts";
import type { Config } from "../config.ts";
import { Image } from "../image/image.ts";
import { catalogImage } from "../machines/ec2/catalog-image.ts";
import { Firewall } from "../machines/ec2/firewall.ts";
import { liveEc2Machines } from "../machines/ec2/live-machines.ts";
import { announceUpload } from "../preview/announce-upload.ts";
import { buildImage, type StackValues } from "./builds.ts";

/** Live machines on EC2, and the image that they start from. Loaded on AWS only: its SDKs are large. */
export function makeEc2Machines(config: Config, key: SshKey, values: StackValues) {
  const network = defaultNetwork();
  const firewall = new Firewall("firewall", { ...config, network });
  const { imageId, system, bootstrap } = baseImage(config, values);
  const machines = liveEc2Machines({
    ...config,
    key,
    imageId,
    system,
    network,
    securityGroupId: firewall.securityGroupId,
  });
  return { machines, imageId, bootstrap };
}

interface BaseImage {
  readonly imageId: pulumi.Output<string>;
  readonly system: pulumi.Input<string>;
  readonly bootstrap?: NixBuild;
}

function baseImage(config: Config, values: StackValues): BaseImage {
  if (config.baseImage === "catalog") {
    const { catalogRelease, platform } = config;
    return {
      imageId: catalogImage(catalogRelease, platform),
      system: `NixOS ${catalogRelease} from the catalog`,
    };
  }
  const bootstrap = buildImage("bootstrap-image", config.bootstrapConfiguration, config, values);
  const system = bootstrap.imageSystem.apply((path) => path ?? "");
  const { imageId } = new Image("base-image", {
    ...config,
    build: bootstrap,
    system,
    retain: false,
    uploadHooks: announceUpload("base-image", "bootstrap-image"),
  });
  return { imageId, system, bootstrap };
}
