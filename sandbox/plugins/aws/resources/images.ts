import {
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeImportSnapshotTasksCommand,
  DescribeSnapshotsCommand,
  type Image,
  ImportSnapshotCommand,
  ModifyImageAttributeCommand,
  RegisterImageCommand,
  type SnapshotTaskDetail,
} from "@aws-sdk/client-ec2";
import { z } from "zod";
import { calling, codeOf, poll, retrying, unlessGone } from "../api.ts";
import { ec2, region } from "../clients.ts";
import type { AwsResource, Context, Values } from "../resource.ts";
import { fromTags, tagSpecifications, toTags, updateTags } from "../tags.ts";

const tags = z.record(z.string(), z.string()).optional();

/** How long a new role may not be seen yet. The real provider waits for two minutes. */
const propagationSeconds = 10;
const importSeconds = 60 * 60;
/** How long the delete of an AMI may not be seen yet; the real provider's ten minutes. */
const inUseSeconds = 10 * 60;

export const snapshotImport: AwsResource = {
  inputs: z.strictObject({
    description: z.string().optional(),
    diskContainer: z.strictObject({
      description: z.string().optional(),
      format: z.enum(["VHD", "VMDK", "RAW"]),
      url: z.string().optional(),
      userBucket: z.strictObject({ s3Bucket: z.string(), s3Key: z.string() }).optional(),
    }),
    encrypted: z.boolean().optional(),
    kmsKeyId: z.string().optional(),
    roleName: z.string().default("vmimport"),
    tags,
  }),
  computed: ["arn", "ownerId", "volumeSize", "dataEncryptionKeyId", "tagsAll"],
  async create(inputs, context) {
    const started = await calling("creating EBS Snapshot Import", "EC2: ImportSnapshot", () =>
      retrying(propagationSeconds, isRoleNotSeen, () =>
        ec2().send(
          new ImportSnapshotCommand({
            ClientToken: crypto.randomUUID(),
            Description: inputs.description,
            DiskContainer: {
              Description: inputs.diskContainer.description,
              Format: inputs.diskContainer.format,
              Url: inputs.diskContainer.url,
              UserBucket: inputs.diskContainer.userBucket && {
                S3Bucket: inputs.diskContainer.userBucket.s3Bucket,
                S3Key: inputs.diskContainer.userBucket.s3Key,
              },
            },
            Encrypted: inputs.encrypted,
            KmsKeyId: inputs.kmsKeyId,
            RoleName: inputs.roleName,
          }),
        ),
      ),
    );
    const id = await waitForImport(started.ImportTaskId ?? "", context);
    if (Object.keys(inputs.tags ?? {}).length > 0)
      await ec2().send(new CreateTagsCommand({ Resources: [id], Tags: toTags(inputs.tags) }));
    return id;
  },
  async read(id) {
    const found = await unlessGone(ec2().send(new DescribeSnapshotsCommand({ SnapshotIds: [id] })));
    const snapshot = found?.Snapshots?.[0];
    return (
      snapshot && {
        arn: `arn:aws:ec2:${region()}::snapshot/${id}`,
        ownerId: snapshot.OwnerId,
        volumeSize: snapshot.VolumeSize,
        ...fromTags(snapshot.Tags),
      }
    );
  },
  update: (id, olds, inputs) => updateTags(id, olds.tags, inputs.tags),
  async delete(id) {
    await unlessGone(
      calling(`deleting EBS Snapshot (${id})`, "EC2: DeleteSnapshot", () =>
        retrying(
          inUseSeconds,
          (error) => codeOf(error) === "InvalidSnapshot.InUse",
          () => ec2().send(new DeleteSnapshotCommand({ SnapshotId: id })),
        ),
      ),
    );
  },
};

function isRoleNotSeen({ message }: Error): boolean {
  return message.includes("provided does not exist or does not have sufficient permissions");
}

async function waitForImport(taskId: string, context: Context): Promise<string> {
  const what = `waiting for EBS Snapshot Import (${taskId}) create`;
  const detail = await poll<SnapshotTaskDetail>(
    what,
    context.timeoutSeconds ?? importSeconds,
    context.signal,
    async () => {
      const { ImportSnapshotTasks: found = [] } = await ec2().send(
        new DescribeImportSnapshotTasksCommand({ ImportTaskIds: [taskId] }),
      );
      const task = found[0]?.SnapshotTaskDetail;
      return task?.Status === "active" ? undefined : task;
    },
  );
  if (detail.Status === "completed" && detail.SnapshotId) return detail.SnapshotId;
  throw new Error(`${what}: unexpected state '${detail.Status}', ${detail.StatusMessage}`);
}

const ebsBlockDevice = z.strictObject({
  deviceName: z.string(),
  deleteOnTermination: z.boolean().default(true),
  encrypted: z.boolean().optional(),
  iops: z.int().optional(),
  snapshotId: z.string().optional(),
  throughput: z.int().optional(),
  volumeSize: z.int().optional(),
  volumeType: z.string().default("standard"),
});

/** With the real provider's defaults, which no current instance type starts from. */
export const ami: AwsResource = {
  inputs: z.strictObject({
    name: z.string().min(3).max(128).optional(),
    architecture: z.enum(["x86_64", "arm64", "i386"]).default("x86_64"),
    bootMode: z.enum(["legacy-bios", "uefi", "uefi-preferred"]).optional(),
    deprecationTime: z.string().optional(),
    description: z.string().optional(),
    ebsBlockDevices: z.array(ebsBlockDevice).optional(),
    enaSupport: z.boolean().default(false),
    imdsSupport: z.literal("v2.0").optional(),
    rootDeviceName: z.string().optional(),
    sriovNetSupport: z.string().default("simple"),
    tags,
    tpmSupport: z.literal("v2.0").optional(),
    virtualizationType: z.enum(["paravirtual", "hvm"]).default("paravirtual"),
  }),
  autoName: "name",
  computed: [
    ...["arn", "hypervisor", "imageOwnerAlias", "imageType", "ownerId", "platformDetails"],
    ...["public", "rootSnapshotId", "tagsAll", "usageOperation", "lastLaunchedTime"],
  ],
  async create(inputs) {
    const { ImageId: id = "" } = await calling(
      `creating EC2 AMI (${inputs.name})`,
      "EC2: RegisterImage",
      () =>
        ec2().send(
          new RegisterImageCommand({
            Name: inputs.name,
            Description: inputs.description,
            Architecture: inputs.architecture,
            BootMode: inputs.bootMode,
            EnaSupport: inputs.enaSupport,
            ImdsSupport: inputs.imdsSupport,
            RootDeviceName: inputs.rootDeviceName,
            SriovNetSupport: inputs.sriovNetSupport,
            TpmSupport: inputs.tpmSupport,
            VirtualizationType: inputs.virtualizationType,
            BlockDeviceMappings: (inputs.ebsBlockDevices ?? []).map(toMapping),
            TagSpecifications: tagSpecifications("image", inputs.tags),
          }),
        ),
    );
    return id;
  },
  async read(id) {
    const image = await describeImage(id);
    return (
      image && {
        name: image.Name,
        architecture: image.Architecture,
        bootMode: image.BootMode,
        description: image.Description,
        enaSupport: image.EnaSupport ?? false,
        imdsSupport: image.ImdsSupport,
        rootDeviceName: image.RootDeviceName,
        sriovNetSupport: image.SriovNetSupport,
        tpmSupport: image.TpmSupport,
        virtualizationType: image.VirtualizationType,
        arn: `arn:aws:ec2:${region()}::image/${id}`,
        hypervisor: image.Hypervisor,
        imageOwnerAlias: image.ImageOwnerAlias ?? "",
        imageType: image.ImageType,
        lastLaunchedTime: image.LastLaunchedTime ?? "",
        ownerId: image.OwnerId,
        platformDetails: image.PlatformDetails,
        public: image.Public ?? false,
        rootSnapshotId: image.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId,
        usageOperation: image.UsageOperation ?? "RunInstances",
        ...fromTags(image.Tags),
      }
    );
  },
  async update(id, olds, inputs) {
    await updateTags(id, olds.tags, inputs.tags);
    if (olds.description !== inputs.description) {
      await ec2().send(
        new ModifyImageAttributeCommand({
          ImageId: id,
          Description: { Value: inputs.description ?? "" },
        }),
      );
    }
  },
  async delete(id) {
    await unlessGone(
      calling(`deregistering EC2 AMI (${id})`, "EC2: DeregisterImage", () =>
        ec2().send(new DeregisterImageCommand({ ImageId: id })),
      ),
    );
  },
};

export async function describeImage(id: string): Promise<Image | undefined> {
  const found = await unlessGone(ec2().send(new DescribeImagesCommand({ ImageIds: [id] })));
  return found?.Images?.[0];
}

function toMapping(device: Values) {
  const { snapshotId, encrypted } = device;
  if (snapshotId && encrypted !== undefined)
    throw new Error('creating EC2 AMI: can\'t set both "snapshot_id" and "encrypted"');
  return {
    DeviceName: device.deviceName,
    Ebs: {
      DeleteOnTermination: device.deleteOnTermination,
      VolumeType: device.volumeType,
      ...(snapshotId ? { SnapshotId: snapshotId } : { Encrypted: encrypted }),
      ...(device.iops && { Iops: device.iops }),
      ...(device.throughput && { Throughput: device.throughput }),
      ...(device.volumeSize && { VolumeSize: device.volumeSize }),
    },
  };
}
