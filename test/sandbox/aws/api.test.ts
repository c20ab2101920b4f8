import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  AllocateAddressCommand,
  CreateVolumeCommand,
  DescribeImportSnapshotTasksCommand,
  EC2Client,
  ImportSnapshotCommand,
  RegisterImageCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sandboxHome } from "../../../sandbox/machines/paths.ts";
import { startAwsApi } from "../../helpers/aws-api.ts";

let home: string;
let endpoint: string;
let stop: () => Promise<void>;

/** No machines: what is refused and kept is the API's own. */
beforeAll(async () => {
  home = await mkdtemp(join(sandboxHome(), "test-"));
  ({ endpoint, stop } = await startAwsApi(home));
});

afterAll(async () => {
  await stop();
  await rm(home, { recursive: true });
});

const settings = (accessKeyId = "AKIASANDBOXADMIN0000") => ({
  region: "eu-central-1",
  endpoint,
  credentials: { accessKeyId, secretAccessKey: "sandbox" },
  maxAttempts: 1,
});
const ec2 = (key?: string) => new EC2Client(settings(key));
const iam = () => new IAMClient(settings());
const s3 = () => new S3Client({ ...settings(), forcePathStyle: true });

const trust = (externalId: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "vmie.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:Externalid": externalId } },
      },
    ],
  });

async function makeRole(RoleName: string, actions: readonly string[], externalId = "vmimport") {
  await iam().send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(externalId) }),
  );
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
  });
  await iam().send(new PutRolePolicyCommand({ RoleName, PolicyName: "import", PolicyDocument }));
}

/** How an import of a small raw disk ends. */
async function importDisk(RoleName: string, S3Key: string) {
  const { ImportTaskId = "" } = await ec2().send(
    new ImportSnapshotCommand({
      RoleName,
      DiskContainer: { Format: "RAW", UserBucket: { S3Bucket: "disks", S3Key } },
    }),
  );
  const ask = async () => {
    const found = await ec2().send(
      new DescribeImportSnapshotTasksCommand({ ImportTaskIds: [ImportTaskId] }),
    );
    return found.ImportSnapshotTasks?.[0]?.SnapshotTaskDetail;
  };
  await expect.poll(async () => (await ask())?.Status, { timeout: 30_000 }).not.toBe("active");
  return ask();
}

test("an import takes a role that VM Import may take on, its permissions and an object", async () => {
  await s3().send(
    new CreateBucketCommand({
      Bucket: "disks",
      CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
    }),
  );
  await s3().send(new PutObjectCommand({ Bucket: "disks", Key: "disk", Body: Buffer.alloc(4096) }));
  const all = ["s3:*", "ec2:ModifySnapshotAttribute", "ec2:CopySnapshot", "ec2:RegisterImage"];
  await makeRole("whole", [...all, "ec2:Describe*"]);
  await makeRole("partly", all);
  await makeRole("stranger", [...all, "ec2:Describe*"], "somebody");

  expect(await importDisk("whole", "disk")).toMatchObject({
    Status: "completed",
    SnapshotId: expect.stringMatching(/^snap-/),
  });
  expect(await importDisk("partly", "disk")).toMatchObject({
    Status: "deleted",
    StatusMessage:
      "ClientError: The service role partly is not authorized to perform: ec2:DescribeImages on resource: *",
  });
  expect(await importDisk("whole", "absent")).toMatchObject({
    Status: "deleted",
    StatusMessage: "ClientError: Disk validation failed [Unable to find s3://disks/absent]",
  });
  for (const role of ["stranger", "nobody"]) {
    await expect(importDisk(role, "disk")).rejects.toThrow(
      `The service role ${role} provided does not exist or does not have sufficient permissions`,
    );
  }
});

test("what AWS refuses is refused", async () => {
  const refusals = [
    [
      new RunInstancesCommand({
        ImageId: "ami-00000000",
        InstanceType: "t3.micro",
        MinCount: 1,
        MaxCount: 1,
      }),
      "InvalidAMIID.NotFound",
    ],
    [
      new RegisterImageCommand({
        Name: "image",
        BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { SnapshotId: "snap-00000000" } }],
      }),
      "InvalidSnapshot.NotFound",
    ],
  ] as const;
  for (const [command, name] of refusals)
    await expect(ec2().send(command as never)).rejects.toMatchObject({ name });
});

test("the deployer may do what its policy allows, and an unknown key nothing", async () => {
  const deployer = "AKIASANDBOXDEPLOYER0";
  const volume = new CreateVolumeCommand({ AvailabilityZone: "eu-central-1a", Size: 1 });
  expect((await ec2(deployer).send(volume)).VolumeId).toMatch(/^vol-/);
  await expect(
    new IAMClient(settings(deployer)).send(
      new CreateRoleCommand({ RoleName: "admin", AssumeRolePolicyDocument: trust("x") }),
    ),
  ).rejects.toThrow(
    "User: arn:aws:iam::123456789012:user/deployer is not authorized to perform: iam:CreateRole on " +
      "resource: arn:aws:iam::123456789012:role/admin",
  );
  await expect(
    ec2("AKIANOBODY").send(new AllocateAddressCommand({ Domain: "vpc" })),
  ).rejects.toMatchObject({ name: "InvalidClientTokenId" });
});
