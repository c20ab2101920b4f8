import { basename } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { NixBuild } from "../../providers/nix-build.ts";
import { stackTags, tagsOf } from "../aws/tags.ts";
import type { ImageForm, ImageInfo } from "../nix/image-info.ts";
import { ImageBucket } from "./bucket.ts";
import { describeImport } from "./describe-import.ts";
import { ImportRole } from "./import-role.ts";
import { removeLeftoverImports } from "./leftovers.ts";
import { tellProgress } from "./tell-progress.ts";

export interface ImageArgs {
  /** Builds an image in one of the formats that EC2 imports. */
  build: NixBuild;
  /** Store path of the system in the image. */
  system: pulumi.Input<string>;
  /** As Nix names it. */
  platform: "x86_64-linux" | "aarch64-linux";
  importTimeoutMinutes: number;
  forceDestroyBucket: boolean;
  /** Leave a former AMI and its snapshot when a new one takes its place: {@link RetainedImages} owns them. */
  retain: boolean;
  /** What else happens before the upload. */
  uploadHooks?: pulumi.ResourceHookBinding;
}

/**
 * An AMI of an image that Nix built: uploaded, imported as a snapshot, registered. The object's key is
 * the image's store hash, so another image replaces the whole chain, and the same one nothing.
 */
export class Image extends pulumi.ComponentResource {
  readonly imageId: pulumi.Output<string>;

  constructor(name: string, args: ImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nixos:image:Image", name, {}, opts);
    const bucket = new ImageBucket(
      `${name}-bucket`,
      { forceDestroy: args.forceDestroyBucket },
      { parent: this },
    );
    const role = new ImportRole(`${name}-import-role`, { bucketArn: bucket.arn }, { parent: this });
    const info = args.build.image.apply(presentImage);
    const object = this.#upload(name, args, bucket, info);
    const form = formOf(args.build, info);
    const snapshot = this.#import(name, args, object, role, form);
    const ami = this.#register(name, args, snapshot, form);
    this.imageId = ami.id;
    this.registerOutputs({ imageId: this.imageId });
  }

  #upload(name: string, args: ImageArgs, bucket: ImageBucket, info: pulumi.Output<ImageInfo>) {
    return new aws.s3.BucketObjectv2(
      `${name}-object`,
      {
        bucket: bucket.name,
        key: args.build.outPath.apply((path) => `images/${storeHash(path)}`),
        source: info.apply(({ file }) => new pulumi.asset.FileAsset(file)),
        tags: tagsOf(name, args.system),
      },
      { parent: this, hooks: uploadHooks(`${name}-object`, args) },
    );
  }

  #import(
    name: string,
    args: ImageArgs,
    object: aws.s3.BucketObjectv2,
    role: ImportRole,
    form: pulumi.Output<ImageForm>,
  ) {
    const { Project, Stack } = stackTags();
    const description = `${Project} ${Stack} ${name}`;
    return new aws.ebs.SnapshotImport(
      `${name}-snapshot`,
      {
        description,
        diskContainer: {
          format: form.format,
          userBucket: { s3Bucket: object.bucket, s3Key: object.key },
        },
        roleName: role.name,
        tags: this.#keptTags(name, args),
      },
      {
        parent: this,
        customTimeouts: { create: `${args.importTimeoutMinutes}m` },
        retainOnDelete: args.retain,
        hooks: importHooks(name, description),
      },
    );
  }

  /** With everything that a current instance type needs: ENA, NVMe, IMDSv2. */
  #register(
    name: string,
    args: ImageArgs,
    snapshot: aws.ebs.SnapshotImport,
    form: pulumi.Output<ImageForm>,
  ) {
    const rootDeviceName = "/dev/xvda";
    return new aws.ec2.Ami(
      name,
      {
        description: pulumi.interpolate`${args.system}`,
        architecture: args.platform === "aarch64-linux" ? "arm64" : "x86_64",
        virtualizationType: "hvm",
        bootMode: form.bootMode,
        enaSupport: true,
        sriovNetSupport: "simple",
        imdsSupport: "v2.0",
        rootDeviceName,
        ebsBlockDevices: [
          {
            deviceName: rootDeviceName,
            snapshotId: snapshot.id,
            volumeType: "gp3",
            deleteOnTermination: true,
          },
        ],
        tags: this.#keptTags(name, args),
      },
      { parent: this, retainOnDelete: args.retain },
    );
  }

  #keptTags(name: string, args: ImageArgs) {
    return { ...tagsOf(name, args.system), ...(args.retain && { Retained: "true" }) };
  }
}

/** As it was built; in a preview as its configuration says that it will be. */
function formOf(build: NixBuild, info: pulumi.Output<ImageInfo>): pulumi.Output<ImageForm> {
  if (!pulumi.runtime.isDryRun()) return info;
  return build.imageForm.apply((form) => (form ? pulumi.output(form) : pulumi.output(info)));
}

function uploadHooks(name: string, args: ImageArgs): pulumi.ResourceHookBinding {
  const { beforeCreate = [], afterCreate = [] } = tellProgress(name, async (inputs, seconds) => {
    const { describeUpload } = await import("./describe-upload.ts");
    const { bucket, key, source } = inputs;
    return describeUpload({ bucket, key, file: await source.path }, seconds);
  });
  const { uploadHooks: others } = args;
  return {
    ...others,
    beforeCreate: [...(others?.beforeCreate ?? []), ...beforeCreate],
    afterCreate,
  };
}

function importHooks(name: string, description: string): pulumi.ResourceHookBinding {
  const { beforeCreate = [], afterCreate = [] } = tellProgress(`${name}-import`, () =>
    describeImport(description),
  );
  const leftovers = removeLeftoverImports(`${name}-leftovers`, description);
  return { beforeCreate: [leftovers, ...beforeCreate], afterCreate };
}

function presentImage(info: ImageInfo | undefined): ImageInfo {
  if (info) return info;
  throw new pulumi.RunError(
    "The build of the image gave no image: there is no nix-support/image-info.json in it. Name a NixOS " +
      "configuration that has config.system.build.images.amazon.",
  );
}

/** The 32 characters that tell a store path from every other. */
function storeHash(storePath: string): string {
  return basename(storePath).slice(0, 32);
}
