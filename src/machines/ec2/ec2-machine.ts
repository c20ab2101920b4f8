import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../../aws/network.ts";
import { tagsOf } from "../../aws/tags.ts";
import type { DataVolumeConfig } from "../../config/ec2.ts";
import { attachDataVolume, dataVolume } from "./data-volume.ts";

export interface Ec2MachineArgs {
  imageId: pulumi.Input<string>;
  /** Store path of the system in the image, kept as the tag `System`. */
  system: pulumi.Input<string>;
  instanceType: string;
  network: Network;
  securityGroupId: pulumi.Input<string>;
  /** Name of an EC2 key pair that root lets in. */
  keyName?: pulumi.Input<string>;
  userData?: pulumi.Input<string>;
  rootVolumeGiB: number;
  rootVolumeEncrypted: boolean;
  /** Give it an address that survives its stop and its replacement. */
  elasticIp: boolean;
  dataVolume?: DataVolumeConfig | undefined;
  /** Keep a machine whose image is not the one given any more. */
  ignoreImage: boolean;
}

/** An EC2 instance with what outlives it: its data volume and its Elastic IP, if it has them. */
export class Ec2Machine extends pulumi.ComponentResource {
  readonly instance: aws.ec2.Instance;
  /** ID of the instance, known once its data volume is attached. */
  readonly instanceId: pulumi.Output<string>;
  /** Public IPv4 address. */
  readonly address: pulumi.Output<string>;
  /** Tag `System` of the instance: the system that its image held. */
  readonly imageSystem: pulumi.Output<string>;

  constructor(name: string, args: Ec2MachineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nixos:machines:Ec2Machine", name, {}, opts);
    const instance = this.#launch(name, args);
    this.instance = instance;
    const attachment = this.#attach(name, args, instance);
    this.instanceId = pulumi.all([instance.id, attachment]).apply(([id]) => id);
    this.address = args.elasticIp ? this.#fixAddress(name, instance) : instance.publicIp;
    this.imageSystem = instance.tags.apply((tags) => tags?.System ?? "");
    this.registerOutputs({ instanceId: this.instanceId, address: this.address });
  }

  #launch(name: string, args: Ec2MachineArgs): aws.ec2.Instance {
    return new aws.ec2.Instance(
      name,
      {
        ami: args.imageId,
        instanceType: args.instanceType,
        subnetId: args.network.subnetId,
        vpcSecurityGroupIds: [args.securityGroupId],
        associatePublicIpAddress: true,
        ...(args.keyName !== undefined && { keyName: args.keyName }),
        ...(args.userData !== undefined && { userData: args.userData }),
        metadataOptions: { httpTokens: "required", httpEndpoint: "enabled" },
        rootBlockDevice: {
          volumeType: "gp3",
          volumeSize: args.rootVolumeGiB,
          encrypted: args.rootVolumeEncrypted,
          tags: tagsOf(`${name}-root`),
        },
        tags: tagsOf(name, args.system),
      },
      {
        parent: this,
        // What only one machine can have at a time would keep the new one from starting.
        deleteBeforeReplace: args.elasticIp || args.dataVolume !== undefined,
        ignoreChanges: args.ignoreImage ? ["ami", "tags.System", "tagsAll.System"] : [],
      },
    );
  }

  #attach(
    name: string,
    { network, dataVolume: config }: Ec2MachineArgs,
    instance: aws.ec2.Instance,
  ): pulumi.Output<string> | undefined {
    if (!config) return undefined;
    const volume = dataVolume(`${name}-data`, network, config, { parent: this });
    return attachDataVolume(`${name}-data-attachment`, instance, volume, { parent: this }).id;
  }

  #fixAddress(name: string, instance: aws.ec2.Instance): pulumi.Output<string> {
    const address = new aws.ec2.Eip(
      `${name}-address`,
      { domain: "vpc", tags: tagsOf(`${name}-address`) },
      { parent: this },
    );
    const association = new aws.ec2.EipAssociation(
      `${name}-address-association`,
      { instanceId: instance.id, allocationId: address.allocationId },
      { parent: this },
    );
    return pulumi.all([address.publicIp, association.id]).apply(([publicIp]) => publicIp);
  }
}
