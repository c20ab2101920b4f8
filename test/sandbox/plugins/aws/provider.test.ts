import { expect, test } from "vitest";
import { awsProvider } from "../../../../sandbox/plugins/aws/provider.ts";
import { replacements } from "../../../../sandbox/plugins/aws/replacements.ts";
import { resources } from "../../../../sandbox/plugins/aws/resources/index.ts";
import { makeSecret, unknownValue } from "../../../../sandbox/plugins/lib/property-values.ts";

const bucket = { type: "aws:s3/bucket:Bucket", name: "images" };
const ami = { type: "aws:ec2/ami:Ami", name: "image" };
const instance = { type: "aws:ec2/instance:Instance", name: "web" };

test("an unknown property is refused, and one that the stand-in lacks is called so", () => {
  const { failures } = awsProvider.check(
    bucket,
    { bukket: "a", acceleration: {}, bucketPrefix: "x" },
    {},
  );
  expect(failures).toEqual([
    { property: "bukket", reason: 'an unexpected argument "bukket" was provided' },
    { property: "acceleration", reason: 'an unexpected argument "acceleration" was provided' },
    {
      property: "bucketPrefix",
      reason:
        "the sandbox's stand-in for aws:s3/bucket:Bucket does not have the property bucketPrefix yet",
    },
  ]);
});

test("a value of the wrong type is refused; one that is not known yet passes", () => {
  expect(awsProvider.check(ami, { enaSupport: "yes" }, {}).failures).toEqual([
    {
      property: "enaSupport",
      reason: "enaSupport: Invalid input: expected boolean, received string",
    },
  ]);
  expect(awsProvider.check(ami, { enaSupport: unknownValue }, {}).failures).toEqual([]);
});

test("what the user leaves out has the real provider's default", () => {
  const { inputs } = awsProvider.check(
    ami,
    { name: "image", ebsBlockDevices: [{ deviceName: "/dev/xvda", snapshotId: "snap-1" }] },
    {},
  );
  expect(inputs).toEqual({
    name: "image",
    architecture: "x86_64",
    enaSupport: false,
    sriovNetSupport: "simple",
    virtualizationType: "paravirtual",
    ebsBlockDevices: [
      {
        deviceName: "/dev/xvda",
        snapshotId: "snap-1",
        deleteOnTermination: true,
        volumeType: "standard",
      },
    ],
  });
});

test("a name that the user leaves out is the resource's with seven characters, kept from then on", () => {
  const first = awsProvider.check(bucket, {}, {}).inputs;
  expect(first.bucket).toMatch(/^images-[0-9a-f]{7}$/);
  expect(awsProvider.check(bucket, {}, first).inputs).toEqual(first);
  expect(awsProvider.check(bucket, {}, {}).inputs.bucket).not.toBe(first.bucket);
  expect(awsProvider.check(bucket, { bucket: "mine" }, first).inputs.bucket).toBe("mine");
});

test("each type has its row in the table of replacements", () => {
  expect(Object.keys(replacements).toSorted()).toEqual(Object.keys(resources).toSorted());
});

test.each([
  ["ami", "ami-2", true],
  ["instanceType", "t3.small", false],
  ["userData", "other", false],
  ["tags", { a: "c" }, false],
  ["rootBlockDevice", { volumeSize: 9, encrypted: true }, false],
  ["rootBlockDevice", { volumeSize: 8, encrypted: false }, true],
])("an instance whose %s becomes %j is replaced: %s", (property, value, isReplaced) => {
  const old = {
    ami: "ami-1",
    instanceType: "t3.micro",
    userData: "data",
    tags: { a: "b" },
    rootBlockDevice: { volumeSize: 8, encrypted: true },
  };
  const diff = awsProvider.diff(instance, old, { ...old, [property]: value });
  expect([...diff.values()].map(({ replaces }) => replaces)).toEqual([isReplaced]);
  expect(awsProvider.diff(instance, old, old).size).toBe(0);
});

test("a preview keeps what stays, and does not know what a stop changes", () => {
  const inputs = { ami: "ami-1", instanceType: "t3.micro", userData: makeSecret("data") };
  const state = { ...inputs, publicIp: "192.0.2.1", privateIp: "10.0.0.1" };
  expect(awsProvider.preview(instance, inputs)).toMatchObject({ publicIp: unknownValue });
  expect(awsProvider.preview(instance, inputs, state)).toMatchObject({ publicIp: "192.0.2.1" });
  const stopped = awsProvider.preview(instance, { ...inputs, instanceType: "t3.small" }, state);
  expect(stopped).toMatchObject({ publicIp: unknownValue, privateIp: "10.0.0.1" });
  expect(stopped.userData).toEqual(makeSecret("data"));
});

test("configuration that the provider does not have is refused", () => {
  expect(awsProvider.checkConfiguration({ regoin: "x", region: "eu-central-1" }).failures).toEqual([
    {
      property: "regoin",
      reason: "regoin is no property of the aws provider that the sandbox's stand-in has",
    },
  ]);
});
