import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import * as sshKey from "../../providers/ssh-key.impl.ts";
import { makeEc2Project, nothing, wires } from "./ec2-project.ts";
import { answerOf, machinesOf } from "./machines.ts";
import { expectPicture } from "./picture.ts";

const sshCidrs = Object.fromEntries(
  wires.map((cidr, index) => [`iplz:sshCidrs[${index}]`, { value: cidr }]),
);
const anAddress = /^\d+\.\d+\.\d+\.\d+\n$/;

test("a live stack on EC2 deploys to machines that it made, and leaves nothing", async () => {
  await using project = await makeEc2Project(sshCidrs);
  const first = await project.up();
  expect(first.error).toBeUndefined();
  expect(Object.values(first.steps)).toEqual(Array(32).fill("create"));
  expect(first.steps).toMatchObject({
    "KeyPair key-pair": "create",
    "Key machine-1-host-key": "create",
    "Ami base-image": "create",
    "Instance machine-1": "create",
    "Command machine-1-copy": "create",
    "Command machine-1-activation": "create",
  });
  await expectPicture(project, "dev");
  const [before] = await machinesOf(project);
  expect(await answerOf(before)).toMatch(anAddress);
  expect((await project.up()).steps).toEqual({});
  expect((await project.refresh()).steps).toEqual({});

  await project.edit("app/src/iplz/__init__.py", '"""', '"""One line more. ');
  const edited = await project.up();
  expect(edited.error).toBeUndefined();
  expect(edited.steps).toEqual({
    "Build system": "update",
    "Command machine-1-copy": "update",
    "Command machine-1-activation": "update",
  });
  const [after] = await machinesOf(project);
  expect(after?.address).toBe(before?.address);
  expect(await (await fetch(`${after?.url}healthz`)).text()).toBe(`${after?.system}\n`);

  await project.edit(
    "nix/modules/bootstrap.nix",
    "enable = true;",
    "enable = true;\n    ports = [ 22 ];",
  );
  await project.edit(
    "nix/modules/bootstrap.nix",
    "services.openssh = {",
    'environment.etc."made-from".text = "another image";\n  services.openssh = {',
  );
  const bootstrap = await project.preview();
  expect(bootstrap.steps["Ami base-image"]).toBe("replace");
  expect(bootstrap.steps["Instance machine-1"]).toBeUndefined();
  expect(bootstrap.output).toContain(
    "machine-1 keeps running: a new base image does not replace a live machine.",
  );
  await project.stack.setConfig("iplz:replaceMachines", { value: "true" });
  expect((await project.preview()).steps["Instance machine-1"]).toBe("replace");

  await project.stack.destroy();
  expect(await project.contents()).toEqual(nothing);
  expect(await project.machineFolders()).toEqual([]);
  expect(await project.denied()).toEqual([]);
});

test("a data volume and an address survive the machine that has them", async () => {
  const user = await sshKey.create({});
  await using project = await makeEc2Project({
    ...sshCidrs,
    "iplz:privateKey": { value: user.outs.privateKey, secret: true },
    "iplz:elasticIp": { value: "true" },
    "iplz:dataVolume.sizeGiB": { value: "1" },
    "iplz:dataVolume.protect": { value: "false" },
  });
  expect((await project.up()).error).toBeUndefined();
  const [before] = await machinesOf(project);
  expect(await answerOf(before)).toMatch(anAddress);
  const key = join(project.folder, ".key");
  await writeFile(key, user.outs.privateKey, { mode: 0o600 });
  // The machine's identity is not what this is about.
  const onMachine = async (command: string) => {
    const options = ["-F", "none", "-i", key, "-o", "StrictHostKeyChecking=no"];
    const hosts = ["-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"];
    return (await execa("ssh", [...options, ...hosts, `root@${before?.address}`, command])).stdout;
  };
  await onMachine("mountpoint -q /data && echo kept > /data/file && sync");

  await project.stack.setConfig("iplz:replaceMachines", { value: "true" });
  await project.edit(
    "nix/modules/bootstrap.nix",
    "services.openssh = {",
    'environment.etc."made-from".text = "another image";\n  services.openssh = {',
  );
  const replacing = await project.up();
  expect(replacing.error).toBeUndefined();
  expect(replacing.steps).toMatchObject({
    "Instance machine-1": "replace",
    "VolumeAttachment machine-1-data-attachment": "replace",
    "EipAssociation machine-1-address-association": "replace",
  });
  expect(replacing.steps["Volume machine-1-data"]).toBeUndefined();
  const [after] = await machinesOf(project);
  expect(after?.address).toBe(before?.address);
  expect(await answerOf(after)).toMatch(anAddress);
  expect(await onMachine("mountpoint -q /data && cat /data/file")).toBe("kept");
});

test("two machines stay when their base image becomes the catalog's, and a third starts from it", async () => {
  await using project = await makeEc2Project({ ...sshCidrs, "iplz:count": { value: "2" } });
  expect((await project.up()).error).toBeUndefined();
  const before = await machinesOf(project);
  expect(before.map(({ name }) => name)).toEqual(["machine-1", "machine-2"]);
  for (const machine of before) expect(await answerOf(machine)).toMatch(anAddress);

  const [snapshot = ""] = (await project.contents()).snapshots ?? [];
  const owner = "427812963091";
  const older = { name: "nixos/26.05.1-x86_64-linux", owner, snapshot_id: snapshot };
  const { imageId, snapshotId } = await project.publish(older);
  await project.stack.setConfig("iplz:baseImage", { value: "catalog" });
  const switched = await project.up();
  expect(switched.error).toBeUndefined();
  expect(switched.steps["Instance machine-1"]).toBeUndefined();
  expect(switched.steps["Ami base-image"]).toBe("delete");
  expect((await project.stack.outputs()).imageId?.value).toBe(imageId);
  expect((await machinesOf(project)).map(({ address }) => address)).toEqual(
    before.map(({ address }) => address),
  );

  const newer = { name: "nixos/26.05.2-x86_64-linux", owner, snapshot_id: snapshotId };
  await project.publish(newer);
  expect((await project.preview()).steps).toEqual({});
  await project.stack.setConfig("iplz:count", { value: "3" });
  const third = await project.up();
  expect(third.error).toBeUndefined();
  for (const machine of await machinesOf(project))
    expect(await answerOf(machine)).toMatch(anAddress);
});
