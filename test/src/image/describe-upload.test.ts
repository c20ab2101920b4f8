import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { sandboxHome } from "../../../sandbox/machines/paths.ts";
import { describeUpload } from "../../../src/image/describe-upload.ts";
import { type AwsApi, startAwsApi } from "../../helpers/aws-api.ts";

const MIB = 1024 ** 2;
let home: string;
let api: AwsApi;

beforeAll(async () => {
  home = await mkdtemp(join(sandboxHome(), "test-"));
  api = await startAwsApi(home);
  vi.stubEnv("AWS_ENDPOINT_URL", api.endpoint);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "sandbox");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIASANDBOXDEPLOYER0");
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await api.stop();
  await rm(home, { recursive: true });
});

/** Sends parts of an object and leaves it there, as an upload under way and a killed one do. */
async function sendParts(bucket: string, key: string, count: number): Promise<void> {
  const s3 = new S3Client({ forcePathStyle: true });
  const at = { Bucket: bucket, Key: key };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at));
  for (let PartNumber = 1; PartNumber <= count; PartNumber++) {
    const Body = new Uint8Array(5 * MIB);
    await s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
  }
}

test("an upload is told in bytes that S3 has, and else in seconds", async () => {
  const bucket = "image-bucket-1234567";
  const upload = { bucket, key: "images/a", file: join(home, "image.vhd") };
  await writeFile(upload.file, new Uint8Array(12 * MIB));
  await new S3Client({ forcePathStyle: true }).send(
    new CreateBucketCommand({
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
    }),
  );
  expect(await describeUpload(upload, 7)).toBe("uploading 12.0 MiB: 7 s");

  await sendParts(bucket, "images/other", 2);
  await sendParts(bucket, upload.key, 2);
  expect(await describeUpload(upload, 9)).toBe("uploaded 10.0 of 12.0 MiB");
  await sendParts(bucket, upload.key, 1);
  expect(await describeUpload(upload, 9)).toBe("uploaded 5.0 of 12.0 MiB");

  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIASANDBOXNOBODY000");
  expect(await describeUpload(upload, 11)).toBe("uploading 12.0 MiB: 11 s");
});
