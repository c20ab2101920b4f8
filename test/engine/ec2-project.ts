import { mkdir, mkdtemp, readFile, realpath, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import type { ConfigMap } from "@pulumi/pulumi/automation/index.js";
import { execa } from "execa";
import { instancesFolder } from "../../sandbox/instances/paths.ts";
import { sandboxHome } from "../../sandbox/machines/paths.ts";
import { foldersIn } from "../../sandbox/machines/record.ts";
import { startAwsApi } from "../helpers/aws-api.ts";
import { makeProject, type Project } from "./project.ts";

/** A project on an AWS of its own, whose instances are machines. */
export interface Ec2Project extends Project {
  /** Sets what goes wrong: see sandbox/aws/api/faults.py. */
  fault(fault: object): Promise<void>;
  /** Publishes a copy of a snapshot as an AMI of another account. */
  publish(image: {
    name: string;
    owner: string;
    snapshot_id: string;
  }): Promise<{ imageId: string; snapshotId: string }>;
  /** IDs and names of everything that the account has, instances that are terminated left out. */
  contents(): Promise<Record<string, string[]>>;
  /** Folders of instances' machines. */
  machineFolders(): Promise<string[]>;
  /** Calls of the deployer that its policy does not allow. */
  denied(): Promise<string[]>;
}

const region = "eu-central-1";

/** Where machines see this computer: sandbox/machines/addresses.ts. */
export const wires = ["10.213.0.0/16", "172.30.0.0/16", "198.18.0.0/16"];

export async function makeEc2Project(config: ConfigMap): Promise<Ec2Project> {
  const home = await mkdtemp(join(sandboxHome(), "test-"));
  await symlink(await realpath(join(sandboxHome(), "root")), join(home, "root"));
  await mkdir(join(home, "aws"));
  const instances = join(process.cwd(), "sandbox/instances/apply.ts");
  const api = await startAwsApi(home, ["--instances", "node", instances]);
  const as = (key: string) => ({
    AWS_ENDPOINT_URL: api.endpoint,
    AWS_ACCESS_KEY_ID: key,
    AWS_SECRET_ACCESS_KEY: "sandbox",
  });
  const project = await makeProject(
    { "aws:region": { value: region }, "iplz:machines": { value: "aws" }, ...config },
    as("AKIASANDBOXDEPLOYER0"),
  );
  const client = {
    region,
    endpoint: api.endpoint,
    credentials: { accessKeyId: "AKIASANDBOXADMIN0000", secretAccessKey: "sandbox" },
  };
  return {
    ...project,
    async fault(fault) {
      await fetch(`${api.endpoint}/_sandbox/faults`, {
        method: "POST",
        body: JSON.stringify(fault),
      });
    },
    async publish(image) {
      const request = { method: "POST", body: JSON.stringify(image) };
      const response = await fetch(`${api.endpoint}/_sandbox/images`, request);
      return (await response.json()) as { imageId: string; snapshotId: string };
    },
    contents: () => contentsOf(client),
    machineFolders: () => foldersIn(instancesFolder(home)),
    async denied() {
      const log = await readFile(join(home, "aws/actions.log"), "utf8");
      const calls = log
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      return [...new Set(calls.filter(({ allowed }) => !allowed).map(({ action }) => action))];
    },
    async [Symbol.asyncDispose]() {
      try {
        await project[Symbol.asyncDispose]();
      } finally {
        await api.stop();
        await execa("node", ["sandbox/instances/remove-all.ts"], { env: { SANDBOX_HOME: home } });
        await rm(home, { recursive: true });
      }
    },
  };
}

async function contentsOf(client: ConstructorParameters<typeof EC2Client>[0] & object) {
  const ec2 = new EC2Client(client);
  const s3 = new S3Client({ ...client, forcePathStyle: true } as object);
  const [images, instances, groups, snapshots, volumes, roles, buckets] = await Promise.all([
    ec2.send(new DescribeImagesCommand({ Owners: ["self"] })),
    ec2.send(new DescribeInstancesCommand({})),
    ec2.send(new DescribeSecurityGroupsCommand({})),
    ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ["self"] })),
    ec2.send(new DescribeVolumesCommand({})),
    new IAMClient(client as object).send(new ListRolesCommand({})),
    s3.send(new ListBucketsCommand({})),
  ]);
  const all = {
    images: images.Images?.map(({ ImageId }) => ImageId),
    instances: instances.Reservations?.flatMap(({ Instances = [] }) => Instances)
      .filter(({ State }) => State?.Name !== "terminated")
      .map(({ InstanceId }) => InstanceId),
    securityGroups: groups.SecurityGroups?.map(({ GroupName }) => GroupName).filter(
      (name) => name !== "default",
    ),
    snapshots: snapshots.Snapshots?.map(({ SnapshotId }) => SnapshotId),
    volumes: volumes.Volumes?.map(({ VolumeId }) => VolumeId),
    roles: roles.Roles?.map(({ RoleName }) => RoleName),
    buckets: buckets.Buckets?.map(({ Name }) => Name),
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, ids]) => [name, (ids ?? []).map((id) => id ?? "").toSorted()]),
  );
}

/** What an account has that nobody has used. */
export const nothing = {
  images: [],
  instances: [],
  securityGroups: [],
  snapshots: [],
  volumes: [],
  roles: [],
  buckets: [],
};
