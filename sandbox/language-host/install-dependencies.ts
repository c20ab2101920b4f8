import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Installs the program's npm packages and passes on what npm prints. */
export async function installDependencies(
  directory: string,
  send: (stream: "stdout" | "stderr", data: Uint8Array) => void,
): Promise<void> {
  const command = existsSync(join(directory, "package-lock.json")) ? "ci" : "install";
  const npm = spawn("npm", [command, "--no-audit", "--no-fund"], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
  });
  npm.stdout.on("data", (data: Buffer) => send("stdout", data));
  npm.stderr.on("data", (data: Buffer) => send("stderr", data));
  const [code] = await once(npm, "close");
  if (code !== 0)
    throw new Error(`\`npm ${command}\` in ${directory} failed with exit code ${code}`);
}
