import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { knock } from "../helpers/knock.ts";
import { makeEc2Project, nothing } from "./ec2-project.ts";
import { answerOf, machinesOf } from "./machines.ts";
import { expectPicture } from "./picture.ts";

const strategy = { "iplz:strategy": { value: "image" } };
const anAddress = /^\d+\.\d+\.\d+\.\d+\n$/;

/** What an edit of the application does to a stack of one machine. */
const replaced = {
  "Build image-build": "update",
  "BucketObjectv2 image-object": "replace",
  "SnapshotImport image-snapshot": "replace",
  "Ami image": "replace",
  "Instance machine-1": "replace",
};

test("an image stack goes from nothing to an answer, follows an edit, and leaves nothing", async () => {
  await using project = await makeEc2Project(strategy);
  const first = await project.up();
  expect(first.error).toBeUndefined();
  expect(first.steps).toEqual({
    "Build image-build": "create",
    "Image image": "create",
    "ImageBucket image-bucket": "create",
    "Bucket image-bucket": "create",
    "BucketPublicAccessBlock image-bucket-public-access": "create",
    "BucketPolicy image-bucket-policy": "create",
    "BucketServerSideEncryptionConfiguration image-bucket-encryption": "create",
    "ImportRole image-import-role": "create",
    "Role image-import-role": "create",
    "RolePolicy image-import-role-policy": "create",
    "BucketObjectv2 image-object": "create",
    "SnapshotImport image-snapshot": "create",
    "Ami image": "create",
    "Firewall firewall": "create",
    "SecurityGroup firewall": "create",
    "SecurityGroupIngressRule firewall-http-any-ipv4": "create",
    "SecurityGroupIngressRule firewall-http-any-ipv6": "create",
    "SecurityGroupEgressRule firewall-egress-any-ipv4": "create",
    "SecurityGroupEgressRule firewall-egress-any-ipv6": "create",
    "Ec2Machine machine-1": "create",
    "Instance machine-1": "create",
  });
  await expectPicture(project, "prod");
  const [before] = await machinesOf(project);
  expect(await answerOf(before)).toMatch(anAddress);
  expect(await knock(before?.address ?? "", 22)).toBe("no answer");
  const health = await fetch(`${before?.url}healthz`);
  expect(await health.text()).toBe(`${before?.system}\n`);

  expect((await project.up()).steps).toEqual({});
  expect((await project.preview()).steps).toEqual({});
  expect((await project.refresh()).steps).toEqual({});

  const report = () => readFile(join(project.folder, "change.md"), "utf8");
  await project.stack.setConfig("iplz:diffFile", { value: "change.md" });
  await project.edit("app/src/iplz/__init__.py", '"""', `"""One line more, ${project.stackName}. `);
  const foretold = await project.preview();
  expect(foretold.steps).toEqual(replaced);
  expect(foretold.output).toContain(
    "to upload: about 30.0 MiB, if the new image is as big as the one before",
  );
  expect(foretold.output).toMatch(/ec2:Ami image replace \[diff: ~description\]/);
  expect(foretold.output).toMatch(/~ system: "\S+" => "\/nix\/store\//);
  expect(await report()).toMatch(/\n### image\n\n- to upload: about /);
  expect(await report()).toContain("\n- units that differ: iplz.service\n");

  await project.fault({ importSeconds: 4 });
  const second = await project.up();
  expect(second.error).toBeUndefined();
  expect(second.steps).toEqual(replaced);
  expect(second.output).toContain("importing: 50 % (downloading/converting)");
  expect(await report()).toContain("\n### image\n\n- to upload: 30.0 MiB\n");
  const [after] = await machinesOf(project);
  expect(after?.system).not.toBe(before?.system);
  expect(await answerOf(after)).toMatch(anAddress);
  const there = await project.contents();
  expect([there.images?.length, there.snapshots?.length, there.instances?.length]).toEqual([
    1, 1, 1,
  ]);
  expect(await project.machineFolders()).toEqual(there.instances);

  await project.stack.destroy();
  expect(await project.contents()).toEqual(nothing);
  expect(await project.machineFolders()).toEqual([]);
  expect(await project.denied()).toEqual([]);
});

test("a retained image is deployed again, and none outlives the stack", async () => {
  await using project = await makeEc2Project({ ...strategy, "iplz:retainImages": { value: "1" } });
  expect((await project.up()).error).toBeUndefined();
  const [before] = await machinesOf(project);
  const first = (await project.stack.outputs()).imageId?.value;
  await project.edit("app/src/iplz/__init__.py", '"""', '"""One line more. ');
  const edited = await project.up();
  expect(edited.steps).toEqual({ ...replaced, "RetainedImages retained-images": "update" });
  const { retainedImages } = await project.stack.outputs();
  expect(retainedImages?.value).toEqual([
    { imageId: first, system: before?.system, created: expect.stringMatching(/^\d{4}-/) },
  ]);

  await project.stack.setConfig("iplz:image", { value: first });
  expect((await project.up()).error).toBeUndefined();
  const [back] = await machinesOf(project);
  expect(back?.system).toBe(before?.system);
  expect(await (await fetch(`${back?.url}healthz`)).text()).toBe(`${before?.system}\n`);
  await project.stack.destroy();
  expect(await project.contents()).toEqual(nothing);
  expect(await project.denied()).toEqual([]);
});
