import * as pulumi from "@pulumi/pulumi";

/** For the few calls that no resource makes: in the region, and as the profile, of the aws provider. */
export function clientConfig(): { readonly region?: string; readonly profile?: string } {
  const config = new pulumi.Config("aws");
  const region = config.get("region");
  const profile = config.get("profile");
  return { ...(region && { region }), ...(profile && { profile }) };
}
