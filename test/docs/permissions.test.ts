import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { listFiles } from "./markdown.ts";

/** Calls of S3 whose permission has another name: IAM's list of actions for Amazon S3. */
const s3Actions: Readonly<Record<string, readonly string[]>> = {
  DeleteBucketEncryption: ["PutEncryptionConfiguration"],
  DeleteObjects: ["DeleteObject"],
  DeletePublicAccessBlock: ["PutBucketPublicAccessBlock"],
  GetBucketEncryption: ["GetEncryptionConfiguration"],
  GetPublicAccessBlock: ["GetBucketPublicAccessBlock"],
  HeadBucket: ["ListBucket"],
  HeadObject: ["GetObject"],
  ListMultipartUploads: ["ListBucketMultipartUploads"],
  ListObjectsV2: ["ListBucket"],
  ListParts: ["ListMultipartUploadParts"],
  PutBucketEncryption: ["PutEncryptionConfiguration"],
  PutPublicAccessBlock: ["PutBucketPublicAccessBlock"],
};

/** The permissions that the file's calls of AWS take. */
async function actionsOf(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8");
  const imports = text.matchAll(/import (?:type )?\{([^}]*)\} from "@aws-sdk\/client-(\w+)"/g);
  return [...imports].flatMap(([, names = "", service = ""]) =>
    [...names.matchAll(/(?<!type )\b(\w+)Command\b/g)].flatMap(([, call = ""]) =>
      (service === "s3" ? (s3Actions[call] ?? [call]) : [call]).map((name) => `${service}:${name}`),
    ),
  );
}

test("the deployer's policy allows what the program and its provider call, and nothing else", async () => {
  const files = (await listFiles("src", "providers", "sandbox/plugins/aws")).filter((file) =>
    file.endsWith(".ts"),
  );
  const called = (await Promise.all(files.map(actionsOf))).flat();
  // The upload of a large object, and the role that is handed to VM Import.
  const others = ["s3:PutObject", "s3:AbortMultipartUpload", "iam:PassRole"];
  const { Statement } = JSON.parse(await readFile("docs/deployer-policy.json", "utf8"));
  const allowed = Statement.flatMap(({ Action }: { Action: string | string[] }) => Action);
  expect(allowed.toSorted()).toEqual([...new Set([...called, ...others])].toSorted());
});
