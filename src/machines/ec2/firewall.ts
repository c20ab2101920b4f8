import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../../aws/network.ts";
import { tagsOf } from "../../aws/tags.ts";

export interface FirewallArgs {
  network: Network;
  /** Networks that may reach port 80. */
  httpCidrs: readonly string[];
  /** Networks that may reach port 22; with none, nobody may. */
  sshCidrs: readonly string[];
}

/** The security group of the stack's machines: what is not named does not get in, all gets out. */
export class Firewall extends pulumi.ComponentResource {
  /** Known once all of its rules hold. */
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nixos:machines:Firewall", name, {}, opts);
    const group = new aws.ec2.SecurityGroup(
      name,
      {
        description: "Machines that Pulumi deploys NixOS to",
        vpcId: args.network.vpcId,
        tags: tagsOf(name),
      },
      { parent: this },
    );
    const ingress = (service: string, port: number) => (cidr: string) =>
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-${service}-${label(cidr)}`,
        {
          securityGroupId: group.id,
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          ...source(cidr),
          tags: tagsOf(`${name}-${service}`),
        },
        { parent: this },
      );
    const egress = (cidr: string) =>
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-egress-${label(cidr)}`,
        {
          securityGroupId: group.id,
          ipProtocol: "-1",
          ...source(cidr),
          tags: tagsOf(`${name}-egress`),
        },
        { parent: this },
      );
    const rules = [
      ...args.httpCidrs.map(ingress("http", 80)),
      ...args.sshCidrs.map(ingress("ssh", 22)),
      ...["0.0.0.0/0", "::/0"].map(egress),
    ];
    this.securityGroupId = pulumi
      .all([group.id, ...rules.map(({ id }) => id)])
      .apply(([groupId = ""]) => groupId);
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }
}

/** The network as a part of a resource's name, in which `::` has a meaning of its own. */
function label(cidr: string): string {
  if (cidr.endsWith("/0")) return cidr.includes(":") ? "any-ipv6" : "any-ipv4";
  return cidr.replaceAll(":", "-");
}

function source(cidr: string): { cidrIpv4: string } | { cidrIpv6: string } {
  return cidr.includes(":") ? { cidrIpv6: cidr } : { cidrIpv4: cidr };
}
