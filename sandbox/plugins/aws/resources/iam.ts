import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { z } from "zod";
import { calling, unlessGone } from "../api.ts";
import { iam } from "../clients.ts";
import type { AwsResource } from "../resource.ts";
import { fromTags, toTags } from "../tags.ts";

const policyDocument = z.string().refine(isJson, "contains an invalid JSON policy");

export const role: AwsResource = {
  inputs: z.strictObject({
    name: z.string().max(64).optional(),
    assumeRolePolicy: policyDocument,
    description: z.string().optional(),
    path: z.string().default("/"),
    maxSessionDuration: z.int().default(3600),
    forceDetachPolicies: z.boolean().default(false),
    tags: z.record(z.string(), z.string()).optional(),
  }),
  autoName: "name",
  computed: ["arn", "createDate", "uniqueId", "tagsAll"],
  async create(inputs) {
    await calling(`creating IAM Role (${inputs.name})`, "IAM: CreateRole", () =>
      iam().send(
        new CreateRoleCommand({
          RoleName: inputs.name,
          AssumeRolePolicyDocument: inputs.assumeRolePolicy,
          Description: inputs.description,
          Path: inputs.path,
          MaxSessionDuration: inputs.maxSessionDuration,
          Tags: toTags(inputs.tags) as never,
        }),
      ),
    );
    return inputs.name;
  },
  async read(id) {
    const found = (await unlessGone(iam().send(new GetRoleCommand({ RoleName: id }))))?.Role;
    return (
      found && {
        name: id,
        assumeRolePolicy: decodeURIComponent(found.AssumeRolePolicyDocument ?? ""),
        path: found.Path,
        arn: found.Arn,
        createDate: found.CreateDate?.toISOString(),
        uniqueId: found.RoleId,
        ...fromTags(found.Tags as never),
      }
    );
  },
  async update(id, olds, inputs) {
    if (olds.assumeRolePolicy !== inputs.assumeRolePolicy) {
      await iam().send(
        new UpdateAssumeRolePolicyCommand({
          RoleName: id,
          PolicyDocument: inputs.assumeRolePolicy,
        }),
      );
    }
    const gone = Object.keys(olds.tags ?? {}).filter((key) => !(key in (inputs.tags ?? {})));
    if (gone.length > 0) await iam().send(new UntagRoleCommand({ RoleName: id, TagKeys: gone }));
    await iam().send(new TagRoleCommand({ RoleName: id, Tags: toTags(inputs.tags) as never }));
  },
  async delete(id) {
    const listed = await unlessGone(iam().send(new ListRolePoliciesCommand({ RoleName: id })));
    for (const PolicyName of listed?.PolicyNames ?? [])
      await iam().send(new DeleteRolePolicyCommand({ RoleName: id, PolicyName }));
    await unlessGone(iam().send(new DeleteRoleCommand({ RoleName: id })));
  },
};

export const rolePolicy: AwsResource = {
  inputs: z.strictObject({
    name: z.string().optional(),
    role: z.string(),
    policy: policyDocument,
  }),
  autoName: "name",
  computed: [],
  async create(inputs) {
    await calling(`putting IAM Role (${inputs.role}) Policy`, "IAM: PutRolePolicy", () =>
      iam().send(
        new PutRolePolicyCommand({
          RoleName: inputs.role,
          PolicyName: inputs.name,
          PolicyDocument: inputs.policy,
        }),
      ),
    );
    return `${inputs.role}:${inputs.name}`;
  },
  async read(id) {
    const [RoleName, PolicyName] = id.split(":");
    const found = await unlessGone(iam().send(new GetRolePolicyCommand({ RoleName, PolicyName })));
    return (
      found && {
        role: RoleName,
        name: PolicyName,
        policy: decodeURIComponent(found.PolicyDocument ?? ""),
      }
    );
  },
  async update(_id, _olds, inputs) {
    await this.create(inputs, undefined as never);
  },
  async delete(id) {
    const [RoleName, PolicyName] = id.split(":");
    await unlessGone(iam().send(new DeleteRolePolicyCommand({ RoleName, PolicyName })));
  },
};

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}
