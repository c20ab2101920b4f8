import { expect, test } from "vitest";
import { makeEc2Project, nothing } from "./ec2-project.ts";
import { answerOf, machinesOf } from "./machines.ts";

const strategy = { "iplz:strategy": { value: "image" } };
const anAddress = /^\d+\.\d+\.\d+\.\d+\n$/;

test("an import that fails says why, whatever the reason, and the next up carries on", async () => {
  await using project = await makeEc2Project(strategy);
  await project.fault({ importError: "ClientError: Unknown OS / Missing OS files." });
  const failed = await project.up();
  expect(failed.error).toMatch(
    /waiting for EBS Snapshot Import \(import-snap-\w+\) create: unexpected state 'deleted', ClientError: Unknown OS \/ Missing OS files\./,
  );
  await project.fault({ importError: null });

  await project.edit("src/image/import-role.ts", '"s3:GetObject", ', "");
  const denied = await project.up();
  expect(denied.error).toMatch(
    /The service role image-import-role-\w+ is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::image-bucket-\w+\/images\/\w{32}/,
  );
  await project.edit(
    "src/image/import-role.ts",
    '"s3:ListBucket"',
    '"s3:GetObject", "s3:ListBucket"',
  );

  const message = "AMI name image-1234567 is already in use by AMI ami-0123456789abcdef0";
  await project.fault({ action: "ec2:RegisterImage", code: "InvalidAMIName.Duplicate", message });
  const conflict = await project.up();
  expect(conflict.error).toMatch(
    new RegExp(
      `creating EC2 AMI \\(image-\\w{7}\\): operation error EC2: RegisterImage, api error InvalidAMIName\\.Duplicate: ${message}`,
    ),
  );

  const expired = "ExpiredToken: The security token included in the request is expired";
  await project.fault({ action: "ec2:DescribeSubnets", code: "ExpiredToken", message: expired });
  const unasked = await project.preview();
  expect(unasked.error).toContain(
    `error: AWS does not tell the region's default subnets: ${expired}. Check the credentials with ` +
      "`aws sts get-caller-identity`, and aws:region of the stack, then run it again.",
  );
  expect(unasked.error).not.toMatch(/node_modules|unhandled/);

  const healed = await project.up();
  expect(healed.error).toBeUndefined();
  expect(Object.keys(healed.steps).toSorted()).toEqual(["Ami image", "Instance machine-1"]);
  expect(await answerOf((await machinesOf(project))[0])).toMatch(anAddress);
  const there = await project.contents();
  expect([there.images?.length, there.snapshots?.length]).toEqual([1, 1]);
});

test("a bucket's name that another account has is told, and the next up carries on", async () => {
  await using project = await makeEc2Project(strategy);
  await project.fault({
    action: "s3:CreateBucket",
    code: "BucketAlreadyExists",
    message: "The requested bucket name is not available.",
  });
  const failed = await project.up();
  expect(failed.error).toMatch(
    /creating S3 Bucket \(image-bucket-\w{7}\): operation error S3: CreateBucket, api error BucketAlreadyExists: The requested bucket name is not available\./,
  );
  expect((await project.up()).error).toBeUndefined();
  expect(await answerOf((await machinesOf(project))[0])).toMatch(anAddress);
});

test("an up that is killed during the import leaves nothing over after the next one", async () => {
  await using project = await makeEc2Project(strategy);
  await project.fault({ importSeconds: 20 });
  await project.upUntil(/importing: /);
  await project.stack.cancel();
  await project.fault({ importSeconds: 1 });
  const resumed = await project.up();
  expect(resumed.error).toBeUndefined();
  expect(await answerOf((await machinesOf(project))[0])).toMatch(anAddress);
  const there = await project.contents();
  expect([there.images?.length, there.snapshots?.length]).toEqual([1, 1]);
  await project.stack.destroy();
  expect(await project.contents()).toEqual(nothing);
});
