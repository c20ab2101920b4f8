import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import { calling, unlessGone } from "../api.ts";
import { region, s3 } from "../clients.ts";
import type { AwsResource, Values } from "../resource.ts";
import { fromTags, toTags } from "../tags.ts";

export const bucket: AwsResource = {
  inputs: z.strictObject({
    bucket: z.string().optional(),
    forceDestroy: z.boolean().default(false),
    tags: z.record(z.string(), z.string()).optional(),
  }),
  autoName: "bucket",
  computed: ["arn", "bucketDomainName", "bucketRegionalDomainName", "region", "tagsAll"],
  async create(inputs) {
    await calling(`creating S3 Bucket (${inputs.bucket})`, "S3: CreateBucket", () =>
      s3().send(
        new CreateBucketCommand({
          Bucket: inputs.bucket,
          ...(region() !== "us-east-1" && {
            CreateBucketConfiguration: { LocationConstraint: region() as never },
          }),
        }),
      ),
    );
    await tagBucket(inputs);
    return inputs.bucket;
  },
  async read(id) {
    if (!(await unlessGone(s3().send(new HeadBucketCommand({ Bucket: id }))))) return undefined;
    const found = await unlessGone(s3().send(new GetBucketTaggingCommand({ Bucket: id })));
    return {
      bucket: id,
      arn: `arn:aws:s3:::${id}`,
      bucketDomainName: `${id}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${id}.s3.${region()}.amazonaws.com`,
      region: region(),
      ...fromTags(found?.TagSet as never),
    };
  },
  update: (_id, _olds, inputs) => tagBucket(inputs),
  async delete(id, state) {
    if (state.forceDestroy) await emptyBucket(id);
    await unlessGone(
      calling(`deleting S3 Bucket (${id})`, "S3: DeleteBucket", () =>
        s3().send(new DeleteBucketCommand({ Bucket: id })),
      ),
    );
  },
};

async function tagBucket(inputs: Values): Promise<void> {
  if (Object.keys(inputs.tags ?? {}).length === 0) return;
  await s3().send(
    new PutBucketTaggingCommand({
      Bucket: inputs.bucket,
      Tagging: { TagSet: toTags(inputs.tags) as never },
    }),
  );
}

async function emptyBucket(id: string): Promise<void> {
  for (;;) {
    const listed = await unlessGone(s3().send(new ListObjectsV2Command({ Bucket: id })));
    const objects = (listed?.Contents ?? []).map(({ Key = "" }) => ({ Key }));
    if (objects.length === 0) return;
    await s3().send(new DeleteObjectsCommand({ Bucket: id, Delete: { Objects: objects } }));
  }
}

export const bucketPublicAccessBlock: AwsResource = {
  inputs: z.strictObject({
    bucket: z.string(),
    blockPublicAcls: z.boolean().default(false),
    blockPublicPolicy: z.boolean().default(false),
    ignorePublicAcls: z.boolean().default(false),
    restrictPublicBuckets: z.boolean().default(false),
  }),
  computed: ["region"],
  async create(inputs) {
    await putPublicAccessBlock(inputs);
    return inputs.bucket;
  },
  async read(id) {
    const found = await unlessGone(s3().send(new GetPublicAccessBlockCommand({ Bucket: id })));
    const block = found?.PublicAccessBlockConfiguration;
    return (
      block && {
        bucket: id,
        blockPublicAcls: block.BlockPublicAcls,
        blockPublicPolicy: block.BlockPublicPolicy,
        ignorePublicAcls: block.IgnorePublicAcls,
        restrictPublicBuckets: block.RestrictPublicBuckets,
        region: region(),
      }
    );
  },
  update: (_id, _olds, inputs) => putPublicAccessBlock(inputs),
  async delete(id) {
    await unlessGone(s3().send(new DeletePublicAccessBlockCommand({ Bucket: id })));
  },
};

async function putPublicAccessBlock(inputs: Values): Promise<void> {
  await calling(
    `creating S3 Bucket (${inputs.bucket}) Public Access Block`,
    "S3: PutPublicAccessBlock",
    () =>
      s3().send(
        new PutPublicAccessBlockCommand({
          Bucket: inputs.bucket,
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: inputs.blockPublicAcls,
            BlockPublicPolicy: inputs.blockPublicPolicy,
            IgnorePublicAcls: inputs.ignorePublicAcls,
            RestrictPublicBuckets: inputs.restrictPublicBuckets,
          },
        }),
      ),
  );
}

export const bucketPolicy: AwsResource = {
  inputs: z.strictObject({ bucket: z.string(), policy: z.string() }),
  computed: ["region"],
  async create(inputs) {
    await putPolicy(inputs);
    return inputs.bucket;
  },
  async read(id) {
    const found = await unlessGone(s3().send(new GetBucketPolicyCommand({ Bucket: id })));
    return found && { bucket: id, policy: found.Policy, region: region() };
  },
  update: (_id, _olds, inputs) => putPolicy(inputs),
  async delete(id) {
    await unlessGone(s3().send(new DeleteBucketPolicyCommand({ Bucket: id })));
  },
};

async function putPolicy(inputs: Values): Promise<void> {
  await calling(`putting S3 Bucket (${inputs.bucket}) Policy`, "S3: PutBucketPolicy", () =>
    s3().send(new PutBucketPolicyCommand({ Bucket: inputs.bucket, Policy: inputs.policy })),
  );
}

export const bucketEncryption: AwsResource = {
  inputs: z.strictObject({
    bucket: z.string(),
    rules: z.array(
      z.strictObject({
        applyServerSideEncryptionByDefault: z.strictObject({
          sseAlgorithm: z.enum(["AES256", "aws:kms", "aws:kms:dsse"]),
          kmsMasterKeyId: z.string().optional(),
        }),
        bucketKeyEnabled: z.boolean().optional(),
      }),
    ),
  }),
  computed: ["region"],
  async create(inputs) {
    await putEncryption(inputs);
    return inputs.bucket;
  },
  async read(id, state) {
    const found = await unlessGone(s3().send(new GetBucketEncryptionCommand({ Bucket: id })));
    return found && { bucket: id, rules: state.rules, region: region() };
  },
  update: (_id, _olds, inputs) => putEncryption(inputs),
  async delete(id) {
    await unlessGone(s3().send(new DeleteBucketEncryptionCommand({ Bucket: id })));
  },
};

async function putEncryption(inputs: Values): Promise<void> {
  const Rules = (inputs.rules as Values[]).map((rule) => ({
    ApplyServerSideEncryptionByDefault: {
      SSEAlgorithm: rule.applyServerSideEncryptionByDefault.sseAlgorithm,
      KMSMasterKeyID: rule.applyServerSideEncryptionByDefault.kmsMasterKeyId,
    },
    ...(rule.bucketKeyEnabled !== undefined && { BucketKeyEnabled: rule.bucketKeyEnabled }),
  }));
  await s3().send(
    new PutBucketEncryptionCommand({
      Bucket: inputs.bucket,
      ServerSideEncryptionConfiguration: { Rules },
    }),
  );
}
