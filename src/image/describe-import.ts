import { DescribeImportSnapshotTasksCommand } from "@aws-sdk/client-ec2";
import { ec2Client } from "../aws/ec2-client.ts";

/** How far EC2 is with the import that has this description; undefined where none is under way. */
export async function describeImport(description: string): Promise<string | undefined> {
  const { ImportSnapshotTasks: tasks = [] } = await ec2Client().send(
    new DescribeImportSnapshotTasksCommand({}),
  );
  const active = tasks.find(
    (task) => task.Description === description && task.SnapshotTaskDetail?.Status === "active",
  );
  if (!active) return undefined;
  const { Progress: percent = "0", StatusMessage: doing } = active.SnapshotTaskDetail ?? {};
  return `importing: ${percent} %${doing ? ` (${doing})` : ""}`;
}
