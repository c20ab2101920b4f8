import { DescribeImagesCommand, DescribeSubnetsCommand, type Filter } from "@aws-sdk/client-ec2";
import { z } from "zod";
import { unlessGone } from "./api.ts";
import { ec2, region } from "./clients.ts";
import type { Values } from "./resource.ts";
import { fromTags } from "./tags.ts";

interface AwsFunction {
  readonly inputs: z.ZodObject;
  invoke(args: Values): Promise<Values>;
}

const filters = z
  .array(z.strictObject({ name: z.string(), values: z.array(z.string()) }))
  .optional();

const getAmi: AwsFunction = {
  inputs: z.strictObject({
    owners: z.array(z.string()).min(1),
    mostRecent: z.boolean().default(false),
    filters,
    nameRegex: z.string().optional(),
  }),
  async invoke(args) {
    const found = await unlessGone(
      ec2().send(
        new DescribeImagesCommand({ Owners: args.owners, Filters: toFilters(args.filters) }),
      ),
    );
    const images = (found?.Images ?? []).toSorted((a, b) =>
      (b.CreationDate ?? "").localeCompare(a.CreationDate ?? ""),
    );
    const [image, ...others] = images;
    if (!image)
      throw new Error(
        "Your query returned no results. Please change your search criteria and try again.",
      );
    if (others.length > 0 && !args.mostRecent)
      throw new Error(
        "Your query returned more than one result. Please try a more specific search criteria, or set `most_recent` attribute to true.",
      );
    const { tagsAll: tags } = fromTags(image.Tags);
    return {
      ...{ id: image.ImageId, imageId: image.ImageId, name: image.Name, tags },
      ...{ architecture: image.Architecture, creationDate: image.CreationDate },
      ...{ ownerId: image.OwnerId, bootMode: image.BootMode ?? "" },
      rootDeviceName: image.RootDeviceName,
      description: image.Description ?? "",
      arn: `arn:aws:ec2:${region()}::image/${image.ImageId}`,
    };
  },
};

const getSubnets: AwsFunction = {
  inputs: z.strictObject({ filters, tags: z.record(z.string(), z.string()).optional() }),
  async invoke(args) {
    const { Subnets: found = [] } = await ec2().send(
      new DescribeSubnetsCommand({ Filters: toFilters(args.filters) }),
    );
    return { id: region(), ids: found.map(({ SubnetId }) => SubnetId) };
  },
};

const getSubnet: AwsFunction = {
  inputs: z.strictObject({ id: z.string().optional(), filters }),
  async invoke(args) {
    const found = await unlessGone(
      ec2().send(
        new DescribeSubnetsCommand({
          ...(args.id && { SubnetIds: [args.id] }),
          Filters: toFilters(args.filters),
        }),
      ),
    );
    const [subnet, ...others] = found?.Subnets ?? [];
    if (!subnet) throw new Error("no matching EC2 Subnet found");
    if (others.length > 0) throw new Error("multiple EC2 Subnets matched");
    return {
      id: subnet.SubnetId,
      arn: subnet.SubnetArn,
      availabilityZone: subnet.AvailabilityZone,
      cidrBlock: subnet.CidrBlock,
      defaultForAz: subnet.DefaultForAz,
      mapPublicIpOnLaunch: subnet.MapPublicIpOnLaunch,
      vpcId: subnet.VpcId,
    };
  },
};

const getRegion: AwsFunction = {
  inputs: z.strictObject({ name: z.string().optional(), region: z.string().optional() }),
  invoke: async (args) => {
    const found = args.region ?? args.name ?? region();
    return { id: found, name: found, region: found, endpoint: `ec2.${found}.amazonaws.com` };
  },
};

function toFilters(given: Values[] | undefined): Filter[] | undefined {
  return given?.map(({ name: Name, values: filterValues }) => ({ Name, Values: filterValues }));
}

export const functions: Readonly<Record<string, AwsFunction>> = {
  "aws:ec2/getAmi:getAmi": getAmi,
  "aws:ec2/getSubnets:getSubnets": getSubnets,
  "aws:ec2/getSubnet:getSubnet": getSubnet,
  "aws:index/getRegion:getRegion": getRegion,
};
