import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { tagsOf } from "../aws/tags.ts";
import { knownEarly } from "../known-early.ts";

export interface ImportRoleArgs {
  /** ARN of the bucket that images are imported from: the only one that the role may read. */
  bucketArn: pulumi.Input<string>;
}

/**
 * The role that EC2's VM Import takes on to read an image. Its permissions are those that
 * https://docs.aws.amazon.com/vm-import/latest/userguide/required-permissions.html asks for.
 */
export class ImportRole extends pulumi.ComponentResource {
  /** Known once the role has its permissions. */
  readonly name: pulumi.Output<string>;

  constructor(name: string, args: ImportRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nixos:image:ImportRole", name, {}, opts);
    const role = new aws.iam.Role(
      name,
      { assumeRolePolicy: JSON.stringify(trustOfVmImport), tags: tagsOf(name) },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-policy`,
      { role: role.name, policy: pulumi.output(args.bucketArn).apply(permissionsOn) },
      { parent: this },
    );
    this.name = knownEarly(role.name, [policy.id]);
    this.registerOutputs({ name: this.name });
  }
}

const trustOfVmImport = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "vmie.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "sts:Externalid": "vmimport" } },
    },
  ],
};

function permissionsOn(bucketArn: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"],
        Resource: [bucketArn, `${bucketArn}/*`],
      },
      {
        Effect: "Allow",
        Action: [
          "ec2:ModifySnapshotAttribute",
          "ec2:CopySnapshot",
          "ec2:RegisterImage",
          "ec2:Describe*",
        ],
        Resource: "*",
      },
    ],
  });
}
