import { EC2Client } from "@aws-sdk/client-ec2";
import * as pulumi from "@pulumi/pulumi";

/** For the few calls that no resource makes: in the region, and as the profile, of the aws provider. */
export function ec2Client(): EC2Client {
  const config = new pulumi.Config("aws");
  const region = config.get("region");
  const profile = config.get("profile");
  return new EC2Client({ ...(region && { region }), ...(profile && { profile }) });
}
