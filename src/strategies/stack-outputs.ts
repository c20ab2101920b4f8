import type * as pulumi from "@pulumi/pulumi";
import type { RetainedImage } from "../../providers/retained-images.ts";

/** What a stack tells of one machine. */
export interface DeployedMachine {
  readonly name: string;
  readonly address: pulumi.Output<string>;
  /** Where the application answers. */
  readonly url: pulumi.Output<string>;
  /** Store path of the system that was brought to it last; not this time, where `--target` left it out. */
  readonly system: pulumi.Output<string>;
}

export interface StackOutputs {
  readonly machines: readonly DeployedMachine[];
  /** SSH public key that the machines let in, of a live stack. */
  readonly publicKey?: pulumi.Output<string>;
  /** AMI that the machines start from, on EC2. */
  readonly imageId?: pulumi.Output<string>;
  /** Former AMIs that can be deployed again, of an image stack that retains some. */
  readonly retainedImages?: pulumi.Output<readonly RetainedImage[]>;
}
