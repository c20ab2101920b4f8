import type * as pulumi from "@pulumi/pulumi";
import { ProgramResource } from "./program-resource.ts";

export interface RetainedImagesArgs {
  /** AWS region of the images. */
  region: pulumi.Input<string>;
  /** Profile of the AWS configuration files, if one other than the default is used. */
  profile?: string | undefined;
  /** The AMI that machines run: it is never deregistered while the stack stands. */
  current: pulumi.Input<string>;
  /** How many others stay, the newest ones. */
  keep: number;
  /** Tags of the stack's images. */
  tags: { Project: string; Stack: string };
}

/** An AMI that can be deployed again. */
export interface RetainedImage {
  readonly imageId: string;
  /** Store path of the system in it. */
  readonly system: string;
  /** When it was registered, in ISO 8601. */
  readonly created: string;
}

/**
 * The stack's former AMIs, which stay for rollback. An AMI belongs here if it has the stack's tags and
 * the tag `Retained`; those over the number are deregistered and their snapshots deleted.
 */
export class RetainedImages extends ProgramResource {
  /** The newest first, without the current one. */
  declare readonly images: pulumi.Output<RetainedImage[]>;

  constructor(name: string, args: RetainedImagesArgs, opts?: pulumi.CustomResourceOptions) {
    super("retained-images", "image:RetainedImages", name, { ...args, images: undefined }, opts);
  }
}
