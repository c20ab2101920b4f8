import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DisassociateAddressCommand,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { z } from "zod";
import { calling, unlessGone } from "../api.ts";
import { ec2, region } from "../clients.ts";
import type { AwsResource } from "../resource.ts";
import { fromTags, tagSpecifications, updateTags } from "../tags.ts";

export const eip: AwsResource = {
  inputs: z.strictObject({
    domain: z.literal("vpc").optional(),
    tags: z.record(z.string(), z.string()).optional(),
  }),
  computed: ["allocationId", "arn", "publicIp", "publicDns", "tagsAll"],
  async create(inputs) {
    const { AllocationId: id = "" } = await calling(
      "creating EC2 EIP",
      "EC2: AllocateAddress",
      () =>
        ec2().send(
          new AllocateAddressCommand({
            Domain: "vpc",
            TagSpecifications: tagSpecifications("elastic-ip", inputs.tags),
          }),
        ),
    );
    return id;
  },
  async read(id) {
    const found = await unlessGone(
      ec2().send(new DescribeAddressesCommand({ AllocationIds: [id] })),
    );
    const address = found?.Addresses?.[0];
    return (
      address && {
        allocationId: id,
        arn: `arn:aws:ec2:${region()}:123456789012:elastic-ip/${id}`,
        publicIp: address.PublicIp,
        publicDns: `ec2-${address.PublicIp?.replaceAll(".", "-")}.${region()}.compute.amazonaws.com`,
        ...fromTags(address.Tags),
      }
    );
  },
  update: (id, olds, inputs) => updateTags(id, olds.tags, inputs.tags),
  async delete(id) {
    await unlessGone(
      calling(`deleting EC2 EIP (${id})`, "EC2: ReleaseAddress", () =>
        ec2().send(new ReleaseAddressCommand({ AllocationId: id })),
      ),
    );
  },
};

export const eipAssociation: AwsResource = {
  inputs: z.strictObject({
    allocationId: z.string(),
    instanceId: z.string(),
    allowReassociation: z.boolean().optional(),
  }),
  computed: ["publicIp", "privateIpAddress", "networkInterfaceId"],
  async create(inputs) {
    const { AssociationId: id = "" } = await calling(
      "creating EC2 EIP Association",
      "EC2: AssociateAddress",
      () =>
        ec2().send(
          new AssociateAddressCommand({
            AllocationId: inputs.allocationId,
            InstanceId: inputs.instanceId,
            AllowReassociation: inputs.allowReassociation ?? true,
          }),
        ),
    );
    return id;
  },
  async read(id) {
    const found = await ec2().send(
      new DescribeAddressesCommand({ Filters: [{ Name: "association-id", Values: [id] }] }),
    );
    const address = found.Addresses?.[0];
    return (
      address && {
        allocationId: address.AllocationId,
        instanceId: address.InstanceId,
        publicIp: address.PublicIp,
        privateIpAddress: address.PrivateIpAddress ?? "",
        networkInterfaceId: address.NetworkInterfaceId ?? "",
      }
    );
  },
  async delete(id) {
    await unlessGone(ec2().send(new DisassociateAddressCommand({ AssociationId: id })));
  },
};
