import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** The account that publishes NixOS's own AMIs: https://nixos.github.io/amis/ */
const nixosOwner = "427812963091";

/** ID of the newest AMI of a NixOS release for the platform; another one each week. */
export function catalogImage(
  release: string,
  platform: "x86_64-linux" | "aarch64-linux",
): pulumi.Output<string> {
  const architecture = platform === "aarch64-linux" ? "arm64" : "x86_64";
  return pulumi.output(
    aws.ec2
      .getAmi({
        owners: [nixosOwner],
        mostRecent: true,
        filters: [
          { name: "name", values: [`nixos/${release}*`] },
          { name: "architecture", values: [architecture] },
        ],
      })
      .then(
        ({ id }) => id,
        (error: Error) => {
          throw new pulumi.RunError(
            `There is no AMI of NixOS ${release} for ${platform} in this AWS region (${error.message}). ` +
              "Correct catalogRelease, or set baseImage to built.",
          );
        },
      ),
  );
}
