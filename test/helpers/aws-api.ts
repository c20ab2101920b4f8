import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { sandboxHome } from "../../sandbox/machines/paths.ts";

export interface AwsApi {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts an AWS of its own, which keeps its files in the folder and holds its deployer to docs' policy. */
export async function startAwsApi(home: string, more: readonly string[] = []): Promise<AwsApi> {
  const policy = join(process.cwd(), "docs/deployer-policy.json");
  const child = execa(
    join(sandboxHome(), "aws-venv/bin/python"),
    ["-m", "api", "--port", "0", "--deployer-policy", policy, ...more],
    {
      ...{ cwd: "sandbox/aws", env: { SANDBOX_HOME: home }, stdin: "ignore", stderr: "inherit" },
      ...{ buffer: false, reject: false },
    },
  );
  const [endpoint] = await once(createInterface({ input: child.stdout }), "line");
  return {
    endpoint: String(endpoint),
    async stop() {
      child.kill();
      await child;
    },
  };
}
