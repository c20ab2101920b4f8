import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import {
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { z } from "zod";
import { isAsset } from "../../lib/property-values.ts";
import { calling, codeOf, unlessGone } from "../api.ts";
import { region, s3 } from "../clients.ts";
import type { AwsResource, Context, Values } from "../resource.ts";
import { fromTags, toTags } from "../tags.ts";

/** Inputs of an object that are no more than told: the content is compared by its asset's hash. */
export const bucketObject: AwsResource = {
  inputs: z.strictObject({
    bucket: z.string(),
    key: z.string().min(1),
    source: z.custom(isAsset, "must be an asset"),
    tags: z.record(z.string(), z.string()).optional(),
  }),
  computed: [
    "arn",
    "etag",
    "contentType",
    "serverSideEncryption",
    "storageClass",
    "region",
    "tagsAll",
  ],
  async create(inputs, context) {
    await upload(inputs, context);
    return `${inputs.bucket}/${inputs.key}`;
  },
  async read(_id, { bucket: Bucket, key: Key }) {
    const head = await unlessGone(s3().send(new HeadObjectCommand({ Bucket, Key })));
    if (!head) return undefined;
    const found = await s3().send(new GetObjectTaggingCommand({ Bucket, Key }));
    return {
      bucket: Bucket,
      key: Key,
      arn: `arn:aws:s3:::${Bucket}/${Key}`,
      etag: head.ETag?.replaceAll('"', ""),
      contentType: head.ContentType ?? "application/octet-stream",
      serverSideEncryption: head.ServerSideEncryption ?? "AES256",
      storageClass: head.StorageClass ?? "STANDARD",
      region: region(),
      ...fromTags(found.TagSet as never),
    };
  },
  async update(_id, olds, inputs, context) {
    if (olds.source?.hash !== inputs.source?.hash) await upload(inputs, context);
    else
      await s3().send(
        new PutObjectTaggingCommand({
          Bucket: inputs.bucket,
          Key: inputs.key,
          Tagging: { TagSet: toTags(inputs.tags) as never },
        }),
      );
  },
  async delete(_id, { bucket: Bucket, key: Key }) {
    await unlessGone(s3().send(new DeleteObjectCommand({ Bucket, Key })));
  },
};

async function upload({ bucket: Bucket, key: Key, source, tags: given }: Values, context: Context) {
  const { size } = await stat(source.path);
  const sent = new Upload({
    client: s3(),
    params: {
      Bucket,
      Key,
      Body: createReadStream(source.path),
      ContentType: "application/octet-stream",
      ContentLength: size,
      Tagging: new URLSearchParams(given ?? {}).toString(),
    },
    partSize: 16 * 1024 * 1024,
  });
  context.signal.addEventListener("abort", () => void sent.abort());
  try {
    await calling(`uploading S3 Object (${Key}) to Bucket (${Bucket})`, "S3: PutObject", () =>
      sent.done(),
    );
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw new Error(`There is no file ${source.path} to upload.`);
    throw error;
  }
}
