import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { plainError } from "../../providers/plain-error.ts";

/** Where in the account's network the machines stand. */
export interface Network {
  readonly vpcId: pulumi.Output<string>;
  readonly subnetId: pulumi.Output<string>;
  readonly availabilityZone: pulumi.Output<string>;
}

/** The first default subnet of the region's default VPC, which every new account has. */
export function defaultNetwork(): Network {
  const subnet = pulumi.output(
    findDefaultSubnet().catch((error: Error) => {
      throw plainError(error);
    }),
  );
  return {
    vpcId: subnet.vpcId,
    subnetId: subnet.id,
    availabilityZone: subnet.availabilityZone,
  };
}

async function findDefaultSubnet(): Promise<aws.ec2.GetSubnetResult> {
  const { ids } = await aws.ec2
    .getSubnets({ filters: [{ name: "default-for-az", values: ["true"] }] })
    .catch(notTold);
  const [first] = ids.toSorted();
  if (first !== undefined) return aws.ec2.getSubnet({ id: first }).catch(notTold);
  throw new Error(
    "The AWS region has no default subnet for the machines to stand in. Make a default VPC: " +
      "aws ec2 create-default-vpc",
  );
}

/** It is the first thing that is asked of AWS, so that what is wrong with the account comes out here. */
function notTold({ message }: Error): never {
  const reason = message.replace(/^invocation of \S+ returned an error: |\.$/g, "");
  throw new Error(
    `AWS does not tell the region's default subnets: ${reason}. Check the ` +
      "credentials with `aws sts get-caller-identity`, and aws:region of the stack, then run it again.",
  );
}
