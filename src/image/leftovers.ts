import {
  CancelImportTaskCommand,
  DeleteSnapshotCommand,
  DescribeImportSnapshotTasksCommand,
  DescribeSnapshotsCommand,
  type EC2Client,
  type ImportSnapshotTask,
} from "@aws-sdk/client-ec2";
import * as pulumi from "@pulumi/pulumi";
import { ec2Client } from "../aws/ec2-client.ts";

/**
 * Runs before an import: ends and takes away what an import with this description left behind when
 * `pulumi up` was killed while it waited. AWS goes on without it, and no state knows the snapshot.
 */
export function removeLeftoverImports(name: string, description: string): pulumi.ResourceHook {
  return new pulumi.ResourceHook(name, () => removeLeftovers(ec2Client(), description));
}

export async function removeLeftovers(ec2: EC2Client, description: string): Promise<void> {
  const { ImportSnapshotTasks: tasks = [] } = await ec2.send(
    new DescribeImportSnapshotTasksCommand({}),
  );
  for (const task of tasks.filter((each) => each.Description === description)) {
    if (task.SnapshotTaskDetail?.Status === "active") await cancel(ec2, task);
    const snapshot = task.SnapshotTaskDetail?.SnapshotId;
    if (snapshot && (await isUnowned(ec2, snapshot))) {
      await pulumi.log.info(
        `Deleting snapshot ${snapshot}, which an interrupted import left behind.`,
      );
      await ec2.send(new DeleteSnapshotCommand({ SnapshotId: snapshot }));
    }
  }
}

async function cancel(ec2: EC2Client, { ImportTaskId: id }: ImportSnapshotTask): Promise<void> {
  await pulumi.log.info(
    `Cancelling the import ${id}, which an interrupted \`pulumi up\` left behind.`,
  );
  await ec2.send(
    new CancelImportTaskCommand({
      ImportTaskId: id,
      CancelReason: "the pulumi up that began it was interrupted",
    }),
  );
}

/** The provider tags a snapshot when its import is done, so that one without tags is in no state. */
async function isUnowned(ec2: EC2Client, snapshotId: string): Promise<boolean> {
  const { Snapshots: found = [] } = await ec2.send(
    new DescribeSnapshotsCommand({ Filters: [{ Name: "snapshot-id", Values: [snapshotId] }] }),
  );
  return found.some(({ Tags: tags = [] }) => tags.length === 0);
}
