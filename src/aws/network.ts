import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Where in the account's network the machines stand. */
export interface Network {
  readonly vpcId: pulumi.Output<string>;
  readonly subnetId: pulumi.Output<string>;
  readonly availabilityZone: pulumi.Output<string>;
}

/** The first default subnet of the region's default VPC, which every new account has. */
export function defaultNetwork(): Network {
  const subnets = aws.ec2.getSubnetsOutput({
    filters: [{ name: "default-for-az", values: ["true"] }],
  });
  const subnetId = subnets.ids.apply((ids) => {
    const [first] = ids.toSorted();
    if (first !== undefined) return first;
    throw new pulumi.RunError(
      "The AWS region has no default subnet for the machines to stand in. Make a default VPC: " +
        "aws ec2 create-default-vpc",
    );
  });
  const subnet = aws.ec2.getSubnetOutput({ id: subnetId });
  return { vpcId: subnet.vpcId, subnetId, availabilityZone: subnet.availabilityZone };
}
