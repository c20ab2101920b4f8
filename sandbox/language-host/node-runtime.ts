import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What `pulumi about` shows of the language. */
export async function describeNode(): Promise<{
  executable: string;
  version: string;
  metadata: Record<string, string>;
}> {
  const npmVersion = await promisify(execFile)("npm", ["--version"]).then(
    ({ stdout }) => stdout.trim(),
    () => "not found",
  );
  return {
    executable: process.execPath,
    version: process.version,
    metadata: {
      packagemanager: "npm",
      packagemanagerVersion: npmVersion,
    },
  };
}
