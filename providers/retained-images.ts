import * as pulumi from "@pulumi/pulumi";

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

/** The methods capture nothing: the engine stores their text, and each runs the program's code of today. */
const provider: pulumi.dynamic.ResourceProvider = {
  async diff(id, olds, news) {
    return require(`${process.cwd()}/providers/retained-images.impl.ts`).diff(id, olds, news);
  },
  async create(inputs) {
    return require(`${process.cwd()}/providers/retained-images.impl.ts`).create(inputs);
  },
  async update(id, olds, news) {
    return require(`${process.cwd()}/providers/retained-images.impl.ts`).update(id, olds, news);
  },
  async read(id, props) {
    return require(`${process.cwd()}/providers/retained-images.impl.ts`).read(id, props);
  },
  async delete(id, props) {
    return require(`${process.cwd()}/providers/retained-images.impl.ts`).delete(id, props);
  },
};

/**
 * The stack's former AMIs, which stay for rollback. An AMI belongs here if it has the stack's tags and
 * the tag `Retained`; those over the number are deregistered and their snapshots deleted.
 */
export class RetainedImages extends pulumi.dynamic.Resource {
  /** The newest first, without the current one. */
  declare readonly images: pulumi.Output<RetainedImage[]>;

  constructor(name: string, args: RetainedImagesArgs, opts?: pulumi.CustomResourceOptions) {
    super(provider, name, { ...args, images: undefined }, opts, "image", "RetainedImages");
  }
}
