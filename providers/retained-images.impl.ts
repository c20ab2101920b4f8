import "../src/compile-cache.js";
import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  EC2Client,
  type Image,
} from "@aws-sdk/client-ec2";
import type * as dynamic from "@pulumi/pulumi/dynamic/index.js";
import type { RetainedImage } from "./retained-images.ts";

interface Inputs {
  readonly region: string;
  readonly profile?: string;
  readonly current: string;
  readonly keep: number;
  readonly tags: Readonly<Record<string, string>>;
}

interface Outputs extends Inputs {
  readonly images: readonly RetainedImage[];
}

export async function diff(_id: string, olds: Outputs, news: Inputs): Promise<dynamic.DiffResult> {
  const keys = ["current", "keep", "region", "profile"] as const;
  return { changes: keys.some((key) => olds[key] !== news[key]) };
}

export async function create(inputs: Inputs): Promise<Required<dynamic.CreateResult<Outputs>>> {
  return { id: `${inputs.tags.Project}-${inputs.tags.Stack}`, outs: await prune(inputs) };
}

export async function update(
  _id: string,
  _olds: Outputs,
  news: Inputs,
): Promise<dynamic.UpdateResult<Outputs>> {
  return { outs: await prune(news) };
}

export async function read(id: string, props: Outputs): Promise<dynamic.ReadResult<Outputs>> {
  const ec2 = clientFor(props);
  return { id, props: { ...props, images: (await formerImages(ec2, props)).map(describe) } };
}

/** The current one goes, too, while it still has the tag: then the stack is being destroyed. */
async function remove(_id: string, props: Outputs): Promise<void> {
  const ec2 = clientFor(props);
  for (const image of await retainedImages(ec2, props)) await deregister(ec2, image);
}

export { remove as delete };

async function prune(inputs: Inputs): Promise<Outputs> {
  const ec2 = clientFor(inputs);
  const images = await formerImages(ec2, inputs);
  for (const image of images.slice(inputs.keep)) await deregister(ec2, image);
  return { ...inputs, images: images.slice(0, inputs.keep).map(describe) };
}

function clientFor({ region, profile }: Inputs): EC2Client {
  return new EC2Client({ region, ...(profile && { profile }) });
}

/** The newest first, without the one in use. */
async function formerImages(ec2: EC2Client, inputs: Inputs): Promise<Image[]> {
  const images = await retainedImages(ec2, inputs);
  return images
    .filter(({ ImageId }) => ImageId !== inputs.current)
    .sort((a, b) => (b.CreationDate ?? "").localeCompare(a.CreationDate ?? ""));
}

async function retainedImages(ec2: EC2Client, { tags }: Inputs): Promise<Image[]> {
  const filters = Object.entries({ ...tags, Retained: "true" }).map(([name, value]) => ({
    Name: `tag:${name}`,
    Values: [value],
  }));
  const { Images: images = [] } = await ec2.send(
    new DescribeImagesCommand({ Owners: ["self"], Filters: filters }),
  );
  return images;
}

/** A snapshot cannot go before the image that is made of it. */
async function deregister(ec2: EC2Client, image: Image): Promise<void> {
  await ec2.send(new DeregisterImageCommand({ ImageId: image.ImageId }));
  for (const { Ebs: volume } of image.BlockDeviceMappings ?? []) {
    if (volume?.SnapshotId)
      await ec2.send(new DeleteSnapshotCommand({ SnapshotId: volume.SnapshotId }));
  }
}

function describe(image: Image): RetainedImage {
  const system = image.Tags?.find(({ Key }) => Key === "System")?.Value;
  return {
    imageId: image.ImageId ?? "",
    system: system ?? "",
    created: image.CreationDate ?? "",
  };
}
