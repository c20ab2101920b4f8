import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DeleteKeyPairCommand,
  DeleteVolumeCommand,
  DescribeKeyPairsCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  ImportKeyPairCommand,
  ModifyVolumeCommand,
} from "@aws-sdk/client-ec2";
import { z } from "zod";
import { calling, poll, unlessGone } from "../api.ts";
import { ec2, region } from "../clients.ts";
import type { AwsResource, Context } from "../resource.ts";
import { fromTags, tagSpecifications, updateTags } from "../tags.ts";
import { stopInstance } from "./instances.ts";

const tags = z.record(z.string(), z.string()).optional();
const stateSeconds = 5 * 60;

export const volume: AwsResource = {
  inputs: z.strictObject({
    availabilityZone: z.string(),
    encrypted: z.boolean().optional(),
    iops: z.int().optional(),
    size: z.int().optional(),
    tags,
    throughput: z.int().optional(),
    type: z.string().optional(),
  }),
  computed: ["arn", "createTime", "tagsAll"],
  async create(inputs, context) {
    const { VolumeId: id = "" } = await calling("creating EBS Volume", "EC2: CreateVolume", () =>
      ec2().send(
        new CreateVolumeCommand({
          ClientToken: crypto.randomUUID(),
          AvailabilityZone: inputs.availabilityZone,
          Encrypted: inputs.encrypted,
          Iops: inputs.iops,
          Size: inputs.size,
          Throughput: inputs.throughput,
          VolumeType: inputs.type,
          TagSpecifications: tagSpecifications("volume", inputs.tags),
        }),
      ),
    );
    await waitForVolume(id, "available", context);
    return id;
  },
  async read(id) {
    const found = await describeVolume(id);
    return (
      found && {
        availabilityZone: found.AvailabilityZone,
        size: found.Size,
        type: found.VolumeType,
        arn: `arn:aws:ec2:${region()}:123456789012:volume/${id}`,
        createTime: found.CreateTime?.toISOString(),
        ...fromTags(found.Tags),
      }
    );
  },
  async update(id, olds, inputs) {
    await updateTags(id, olds.tags, inputs.tags);
    const changed = (["size", "type", "iops", "throughput"] as const).filter(
      (name) => olds[name] !== inputs[name],
    );
    if (changed.length === 0) return;
    await calling(`modifying EBS Volume (${id})`, "EC2: ModifyVolume", () =>
      ec2().send(
        new ModifyVolumeCommand({
          VolumeId: id,
          Size: inputs.size,
          VolumeType: inputs.type,
          Iops: inputs.iops,
          Throughput: inputs.throughput,
        }),
      ),
    );
  },
  async delete(id) {
    await unlessGone(
      calling(`deleting EBS Volume (${id})`, "EC2: DeleteVolume", () =>
        ec2().send(new DeleteVolumeCommand({ VolumeId: id })),
      ),
    );
  },
};

export const volumeAttachment: AwsResource = {
  inputs: z.strictObject({
    deviceName: z.string(),
    forceDetach: z.boolean().optional(),
    instanceId: z.string(),
    skipDestroy: z.boolean().optional(),
    stopInstanceBeforeDetaching: z.boolean().optional(),
    volumeId: z.string(),
  }),
  computed: [],
  async create(inputs, context) {
    const { deviceName, instanceId, volumeId } = inputs;
    await calling(
      `attaching EBS Volume (${volumeId}) to EC2 Instance (${instanceId})`,
      "EC2: AttachVolume",
      () =>
        ec2().send(
          new AttachVolumeCommand({
            Device: deviceName,
            InstanceId: instanceId,
            VolumeId: volumeId,
          }),
        ),
    );
    await waitForVolume(volumeId, "in-use", context);
    return `vai-${volumeId.slice(4)}${instanceId.slice(2)}`;
  },
  async read(_id, { deviceName, instanceId, volumeId }) {
    const found = await describeVolume(volumeId);
    const attachment = found?.Attachments?.find(({ InstanceId }) => InstanceId === instanceId);
    return attachment && { deviceName: attachment.Device ?? deviceName, instanceId, volumeId };
  },
  /** The options are for the detachment alone. */
  async update() {},
  async delete(_id, state, context) {
    const { deviceName, instanceId, volumeId, forceDetach } = state;
    if (state.skipDestroy || !(await this.read("", state))) return;
    if (state.stopInstanceBeforeDetaching) await stopInstance(instanceId, context);
    await unlessGone(
      calling(`detaching EBS Volume (${volumeId})`, "EC2: DetachVolume", () =>
        ec2().send(
          new DetachVolumeCommand({
            Device: deviceName,
            InstanceId: instanceId,
            VolumeId: volumeId,
            Force: forceDetach,
          }),
        ),
      ),
    );
    await waitForVolume(volumeId, "available", context);
  },
};

async function waitForVolume(id: string, wanted: string, { signal }: Context): Promise<void> {
  await poll(`waiting for EBS Volume (${id}) to be ${wanted}`, stateSeconds, signal, async () =>
    (await describeVolume(id))?.State === wanted ? true : undefined,
  );
}

async function describeVolume(id: string) {
  const found = await unlessGone(ec2().send(new DescribeVolumesCommand({ VolumeIds: [id] })));
  return found?.Volumes?.[0];
}

export const keyPair: AwsResource = {
  inputs: z.strictObject({ keyName: z.string().optional(), publicKey: z.string(), tags }),
  autoName: "keyName",
  computed: ["arn", "fingerprint", "keyPairId", "keyType", "tagsAll"],
  async create(inputs) {
    await calling(`importing EC2 Key Pair (${inputs.keyName})`, "EC2: ImportKeyPair", () =>
      ec2().send(
        new ImportKeyPairCommand({
          KeyName: inputs.keyName,
          PublicKeyMaterial: Buffer.from(inputs.publicKey),
          TagSpecifications: tagSpecifications("key-pair", inputs.tags),
        }),
      ),
    );
    return inputs.keyName;
  },
  async read(id) {
    const found = await unlessGone(ec2().send(new DescribeKeyPairsCommand({ KeyNames: [id] })));
    const pair = found?.KeyPairs?.[0];
    return (
      pair && {
        keyName: id,
        arn: `arn:aws:ec2:${region()}:123456789012:key-pair/${id}`,
        fingerprint: pair.KeyFingerprint,
        keyPairId: pair.KeyPairId,
        keyType: pair.KeyType ?? "ed25519",
        ...fromTags(pair.Tags),
      }
    );
  },
  update: (_id, olds, inputs) => updateTags(olds.keyPairId, olds.tags, inputs.tags),
  async delete(id) {
    await unlessGone(ec2().send(new DeleteKeyPairCommand({ KeyName: id })));
  },
};
