import {
  DescribeInstancesCommand,
  type Instance,
  ModifyInstanceAttributeCommand,
  ModifyInstanceMetadataOptionsCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { z } from "zod";
import { calling, poll, unlessGone } from "../api.ts";
import { ec2, region } from "../clients.ts";
import type { AwsResource, Context, Values } from "../resource.ts";
import { fromTags, tagSpecifications, updateTags } from "../tags.ts";
import { describeImage } from "./images.ts";

const tags = z.record(z.string(), z.string()).optional();
const stateSeconds = 10 * 60;
const maxUserDataBytes = 16_384;

export const instance: AwsResource = {
  inputs: z.strictObject({
    ami: z.string(),
    instanceType: z.string(),
    associatePublicIpAddress: z.boolean().optional(),
    availabilityZone: z.string().optional(),
    keyName: z.string().optional(),
    metadataOptions: z
      .strictObject({
        httpEndpoint: z.enum(["enabled", "disabled"]).optional(),
        httpPutResponseHopLimit: z.int().min(1).max(64).optional(),
        httpTokens: z.enum(["required", "optional"]).optional(),
      })
      .optional(),
    rootBlockDevice: z
      .strictObject({
        deleteOnTermination: z.boolean().default(true),
        encrypted: z.boolean().optional(),
        iops: z.int().optional(),
        tags,
        throughput: z.int().optional(),
        volumeSize: z.int().optional(),
        volumeType: z.string().optional(),
      })
      .optional(),
    subnetId: z.string().optional(),
    tags,
    userData: z
      .string()
      .refine(
        (data) => Buffer.byteLength(data) <= maxUserDataBytes,
        `expected length to be at most ${maxUserDataBytes} bytes`,
      )
      .optional(),
    userDataReplaceOnChange: z.boolean().default(false),
    vpcSecurityGroupIds: z.array(z.string()).optional(),
  }),
  computed: [
    ...["arn", "instanceState", "privateDns", "privateIp", "publicDns", "publicIp"],
    ...["primaryNetworkInterfaceId", "tagsAll"],
  ],
  unstable: {
    instanceType: ["publicIp", "publicDns", "instanceState"],
    userData: ["publicIp", "publicDns", "instanceState"],
  },
  async create(inputs, context) {
    const { Instances: made = [] } = await calling(
      "creating EC2 Instance",
      "EC2: RunInstances",
      async () => ec2().send(new RunInstancesCommand(await launchRequest(inputs))),
    );
    const id = made[0]?.InstanceId ?? "";
    await waitForState(id, "running", context);
    return id;
  },
  async read(id) {
    const found = await describeInstance(id);
    if (!found || found.State?.Name === "terminated") return undefined;
    return {
      ami: found.ImageId,
      instanceType: found.InstanceType,
      availabilityZone: found.Placement?.AvailabilityZone,
      subnetId: found.SubnetId,
      ...(found.KeyName && { keyName: found.KeyName }),
      vpcSecurityGroupIds: (found.NetworkInterfaces?.[0]?.Groups ?? []).map(
        ({ GroupId }) => GroupId,
      ),
      arn: `arn:aws:ec2:${region()}:123456789012:instance/${id}`,
      instanceState: found.State?.Name,
      privateDns: found.PrivateDnsName ?? "",
      privateIp: found.PrivateIpAddress ?? "",
      publicDns: found.PublicDnsName ?? "",
      publicIp: found.PublicIpAddress ?? "",
      primaryNetworkInterfaceId: found.NetworkInterfaces?.[0]?.NetworkInterfaceId ?? "",
      ...fromTags(found.Tags),
    };
  },
  async update(id, olds, inputs, context) {
    await updateTags(id, olds.tags, inputs.tags);
    if (String(olds.vpcSecurityGroupIds) !== String(inputs.vpcSecurityGroupIds)) {
      await ec2().send(
        new ModifyInstanceAttributeCommand({ InstanceId: id, Groups: inputs.vpcSecurityGroupIds }),
      );
    }
    if (JSON.stringify(olds.metadataOptions) !== JSON.stringify(inputs.metadataOptions)) {
      await ec2().send(
        new ModifyInstanceMetadataOptionsCommand({ InstanceId: id, ...metadataOptions(inputs) }),
      );
    }
    if (olds.instanceType !== inputs.instanceType || olds.userData !== inputs.userData)
      await whileStopped(id, inputs, context);
  },
  async delete(id, _state, context) {
    const gone = await unlessGone(
      calling(`terminating EC2 Instance (${id})`, "EC2: TerminateInstances", () =>
        ec2().send(new TerminateInstancesCommand({ InstanceIds: [id] })),
      ),
    );
    if (gone) await waitForState(id, "terminated", context);
  },
};

async function launchRequest(inputs: Values) {
  const { rootBlockDevice: root, userData } = inputs;
  return {
    ClientToken: crypto.randomUUID(),
    ImageId: inputs.ami,
    InstanceType: inputs.instanceType,
    MinCount: 1,
    MaxCount: 1,
    KeyName: inputs.keyName,
    MetadataOptions: metadataOptions(inputs),
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        SubnetId: inputs.subnetId,
        Groups: inputs.vpcSecurityGroupIds,
        AssociatePublicIpAddress: inputs.associatePublicIpAddress,
        DeleteOnTermination: true,
      },
    ],
    ...(userData && { UserData: Buffer.from(userData).toString("base64") }),
    ...(root && { BlockDeviceMappings: [await rootMapping(inputs)] }),
    TagSpecifications: [
      ...(tagSpecifications("instance", inputs.tags) ?? []),
      ...(tagSpecifications("volume", root?.tags) ?? []),
    ],
  } as ConstructorParameters<typeof RunInstancesCommand>[0];
}

/** The root volume is the one under the name that the AMI gives it. */
async function rootMapping({ ami, rootBlockDevice: root }: Values) {
  const image = await describeImage(ami);
  return {
    DeviceName: image?.RootDeviceName ?? "/dev/xvda",
    Ebs: {
      DeleteOnTermination: root.deleteOnTermination,
      ...(root.encrypted && { Encrypted: true }),
      ...(root.volumeSize && { VolumeSize: root.volumeSize }),
      ...(root.volumeType && { VolumeType: root.volumeType }),
      ...(root.iops && { Iops: root.iops }),
      ...(root.throughput && { Throughput: root.throughput }),
    },
  };
}

function metadataOptions({ metadataOptions: options = {} }: Values) {
  return {
    HttpEndpoint: options.httpEndpoint,
    HttpPutResponseHopLimit: options.httpPutResponseHopLimit,
    HttpTokens: options.httpTokens,
  };
}

async function whileStopped(id: string, inputs: Values, context: Context): Promise<void> {
  await stopInstance(id, context);
  await ec2().send(
    new ModifyInstanceAttributeCommand({
      InstanceId: id,
      InstanceType: { Value: inputs.instanceType },
    }),
  );
  if (inputs.userData !== undefined) {
    await ec2().send(
      new ModifyInstanceAttributeCommand({
        InstanceId: id,
        UserData: { Value: Buffer.from(inputs.userData) },
      }),
    );
  }
  await ec2().send(new StartInstancesCommand({ InstanceIds: [id] }));
  await waitForState(id, "running", context);
}

export async function stopInstance(id: string, context: Context): Promise<void> {
  await ec2().send(new StopInstancesCommand({ InstanceIds: [id] }));
  await waitForState(id, "stopped", context);
}

async function waitForState(id: string, wanted: string, context: Context): Promise<void> {
  const what = `waiting for EC2 Instance (${id}) to be ${wanted}`;
  const found = await poll<Instance>(what, stateSeconds, context.signal, async () => {
    const now = (await describeInstance(id)) ?? { State: { Name: "terminated" as const } };
    const ended = now.State?.Name === "terminated" || now.State?.Name === wanted;
    return ended ? now : undefined;
  });
  if (found.State?.Name === wanted) return;
  throw new Error(
    `${what}: unexpected state '${found.State?.Name}'. ${found.StateReason?.Message ?? ""}`,
  );
}

async function describeInstance(id: string): Promise<Instance | undefined> {
  const found = await unlessGone(ec2().send(new DescribeInstancesCommand({ InstanceIds: [id] })));
  return found?.Reservations?.[0]?.Instances?.[0];
}
