import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { parse } from "yaml";

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Record<string, string>;
}

async function readSteps(): Promise<Step[]> {
  return parse(await readFile("docs/deploy-workflow.yml", "utf8")).jobs.deploy.steps;
}

/** What the comment of a pull request says, by a `gh` that prints the file that it is given. */
async function comment(outcome: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "workflow-"));
  try {
    await writeFile(join(folder, "gh"), '#!/bin/sh\nfor last do :; done; cat "$last"\n');
    await chmod(join(folder, "gh"), 0o755);
    await writeFile(join(folder, "change.md"), "No system and no image changes.\n");
    const step = (await readSteps()).find(({ name }) => name === "Comment");
    const env = { PATH: `${folder}:${process.env.PATH}`, NUMBER: "7", RUN: "https://run" };
    const { stdout } = await execa("bash", ["-e", "-c", step?.run ?? "false"], {
      cwd: folder,
      env: { ...env, OUTCOME: outcome },
    });
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("the comment of a pull request tells no change where the preview has failed", async () => {
  expect(await comment("success")).toBe("No system and no image changes.");
  expect(await comment("failure")).toBe("There is no preview of the newest commit: https://run");
  expect(await comment("skipped")).toBe("There is no preview of the newest commit: https://run");
});

test("only the steps that run Pulumi on the stack have its passphrase", async () => {
  const steps = (await readSteps()).filter(({ env }) => env?.PULUMI_CONFIG_PASSPHRASE);
  expect(steps.map(({ name }) => name)).toEqual(["Preview", "Update"]);
  const { env } = parse(await readFile("docs/deploy-workflow.yml", "utf8"));
  expect(Object.keys(env)).not.toContain("PULUMI_CONFIG_PASSPHRASE");
});
