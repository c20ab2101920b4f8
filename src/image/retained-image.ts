import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { stackTags } from "../aws/tags.ts";

/** An AMI that the stack kept, and the system in it. */
export interface KnownImage {
  readonly imageId: pulumi.Output<string>;
  /** Store path of the system in it. */
  readonly system: pulumi.Output<string>;
}

/** Looks up an AMI of the account's own that is to be deployed again. */
export function retainedImage(imageId: string): KnownImage {
  const found = aws.ec2
    .getAmi({ owners: ["self"], filters: [{ name: "image-id", values: [imageId] }] })
    .catch((error: Error) => {
      throw new pulumi.RunError(
        `There is no AMI ${imageId} of this account in this AWS region (${error.message}). Set image to ` +
          "one that `pulumi stack output retainedImages` names, or remove it.",
      );
    });
  const system = found.then(({ tags }) => {
    const { Project, Stack } = stackTags();
    if (tags.Project === Project && tags.Stack === Stack && tags.System) return tags.System;
    throw new pulumi.RunError(
      `The AMI ${imageId} is not one of this stack: its tags Project, Stack and System do not say so. ` +
        "Set image to one that `pulumi stack output retainedImages` names.",
    );
  });
  return { imageId: pulumi.output(found.then(({ id }) => id)), system: pulumi.output(system) };
}
