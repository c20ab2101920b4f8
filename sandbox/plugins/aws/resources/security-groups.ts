import {
  AuthorizeSecurityGroupEgressCommand,
  type AuthorizeSecurityGroupEgressCommandInput,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  type RevokeSecurityGroupEgressCommandInput,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { z } from "zod";
import { calling, codeOf, retrying, unlessGone } from "../api.ts";
import { ec2, region } from "../clients.ts";
import type { AwsResource, Values } from "../resource.ts";
import { fromTags, tagSpecifications, updateTags } from "../tags.ts";

const tags = z.record(z.string(), z.string()).optional();
const dependencySeconds = 5 * 60;

/** AWS gives a new group a rule that lets everything out; the provider takes it away. */
export const securityGroup: AwsResource = {
  inputs: z.strictObject({
    name: z.string().optional(),
    description: z.string().min(1).max(255).default("Managed by Pulumi"),
    vpcId: z.string().optional(),
    revokeRulesOnDelete: z.boolean().default(false),
    tags,
  }),
  autoName: "name",
  computed: ["arn", "ownerId", "ingress", "egress", "tagsAll"],
  async create(inputs) {
    const { GroupId: id = "" } = await calling(
      `creating Security Group (${inputs.name})`,
      "EC2: CreateSecurityGroup",
      () =>
        ec2().send(
          new CreateSecurityGroupCommand({
            GroupName: inputs.name,
            Description: inputs.description,
            VpcId: inputs.vpcId,
            TagSpecifications: tagSpecifications("security-group", inputs.tags),
          }),
        ),
    );
    await ec2().send(
      new RevokeSecurityGroupEgressCommand({
        GroupId: id,
        IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
      }),
    );
    return id;
  },
  async read(id) {
    const found = await unlessGone(
      ec2().send(new DescribeSecurityGroupsCommand({ GroupIds: [id] })),
    );
    const group = found?.SecurityGroups?.[0];
    return (
      group && {
        name: group.GroupName,
        description: group.Description,
        vpcId: group.VpcId,
        arn: `arn:aws:ec2:${region()}:${group.OwnerId}:security-group/${id}`,
        ownerId: group.OwnerId,
        ingress: [],
        egress: [],
        ...fromTags(group.Tags),
      }
    );
  },
  update: (id, olds, inputs) => updateTags(id, olds.tags, inputs.tags),
  async delete(id) {
    await unlessGone(
      calling(`deleting Security Group (${id})`, "EC2: DeleteSecurityGroup", () =>
        retrying(
          dependencySeconds,
          (error) => codeOf(error) === "DependencyViolation",
          () => ec2().send(new DeleteSecurityGroupCommand({ GroupId: id })),
        ),
      ),
    );
  },
};

const rule = z
  .strictObject({
    securityGroupId: z.string(),
    ipProtocol: z.string(),
    fromPort: z.int().optional(),
    toPort: z.int().optional(),
    cidrIpv4: z.string().optional(),
    cidrIpv6: z.string().optional(),
    description: z.string().optional(),
    tags,
  })
  .refine(
    ({ cidrIpv4, cidrIpv6 }) => (cidrIpv4 === undefined) !== (cidrIpv6 === undefined),
    "exactly one of cidrIpv4, cidrIpv6, prefixListId and referencedSecurityGroupId must be given",
  );

function securityGroupRule(isEgress: boolean): AwsResource {
  const authorize = (request: AuthorizeSecurityGroupEgressCommandInput) =>
    isEgress
      ? ec2().send(new AuthorizeSecurityGroupEgressCommand(request))
      : ec2().send(new AuthorizeSecurityGroupIngressCommand(request));
  const revoke = (request: RevokeSecurityGroupEgressCommandInput) =>
    isEgress
      ? ec2().send(new RevokeSecurityGroupEgressCommand(request))
      : ec2().send(new RevokeSecurityGroupIngressCommand(request));
  const direction = isEgress ? "Egress" : "Ingress";
  return {
    inputs: rule,
    computed: ["arn", "securityGroupRuleId", "tagsAll"],
    async create(inputs) {
      const { SecurityGroupRules: made = [] } = await calling(
        `creating VPC Security Group ${direction} Rule`,
        `EC2: AuthorizeSecurityGroup${direction}`,
        () =>
          authorize({
            GroupId: inputs.securityGroupId,
            IpPermissions: [permission(inputs)],
            TagSpecifications: tagSpecifications("security-group-rule", inputs.tags),
          }),
      );
      return made[0]?.SecurityGroupRuleId ?? "";
    },
    async read(id, state) {
      const found = await unlessGone(
        ec2().send(
          new DescribeSecurityGroupRulesCommand({
            Filters: [{ Name: "group-id", Values: [state.securityGroupId] }],
          }),
        ),
      );
      const known = found?.SecurityGroupRules?.find((each) => each.SecurityGroupRuleId === id);
      return (
        known && {
          ipProtocol: known.IpProtocol,
          ...(known.CidrIpv4 && { cidrIpv4: known.CidrIpv4 }),
          ...(known.CidrIpv6 && { cidrIpv6: known.CidrIpv6 }),
          arn: `arn:aws:ec2:${region()}:${known.GroupOwnerId}:security-group-rule/${id}`,
          securityGroupRuleId: id,
          ...fromTags(known.Tags),
        }
      );
    },
    async update(id, olds, inputs) {
      await updateTags(id, olds.tags, inputs.tags);
      await ec2().send(
        new ModifySecurityGroupRulesCommand({
          GroupId: inputs.securityGroupId,
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: id,
              SecurityGroupRule: {
                IpProtocol: inputs.ipProtocol,
                FromPort: inputs.fromPort,
                ToPort: inputs.toPort,
                CidrIpv4: inputs.cidrIpv4,
                CidrIpv6: inputs.cidrIpv6,
                Description: inputs.description,
              },
            },
          ],
        }),
      );
    },
    async delete(id, { securityGroupId }) {
      await unlessGone(revoke({ GroupId: securityGroupId, SecurityGroupRuleIds: [id] }));
    },
  };
}

export const ingressRule = securityGroupRule(false);
export const egressRule = securityGroupRule(true);

function permission(inputs: Values) {
  const { cidrIpv4, cidrIpv6, description: Description } = inputs;
  return {
    IpProtocol: inputs.ipProtocol,
    FromPort: inputs.fromPort,
    ToPort: inputs.toPort,
    ...(cidrIpv4 && { IpRanges: [{ CidrIp: cidrIpv4, Description }] }),
    ...(cidrIpv6 && { Ipv6Ranges: [{ CidrIpv6: cidrIpv6, Description }] }),
  };
}
