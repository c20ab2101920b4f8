import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** Runs the CLI in a project's folder. */
export type RunPulumi = (...args: string[]) => Promise<void>;

export interface EmptyProject extends AsyncDisposable {
  readonly folder: string;
  /** What the CLI needs to know of it. */
  readonly env: Readonly<Record<string, string>>;
  readonly pulumi: RunPulumi;
  up(): Promise<void>;
}

/** A project whose program does nothing: what the engine takes by itself. */
export async function makeEmptyProject(): Promise<EmptyProject> {
  const folder = await mkdtemp(join(tmpdir(), "empty-"));
  await symlink(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), '{ "type": "module", "main": "index.ts" }');
  await writeFile(join(folder, "index.ts"), "");
  await writeFile(
    join(folder, "Pulumi.yaml"),
    "name: empty\nmain: index.ts\nruntime: {name: nodejs, options: {typescript: false}}\n",
  );
  const state = join(folder, ".state");
  await mkdir(state);
  const env = { PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "bench" };
  const pulumi: RunPulumi = async (...args) => {
    await execa("pulumi", [...args, "--non-interactive"], { cwd: folder, env });
  };
  await pulumi("stack", "init", "empty");
  const up = () => pulumi("up", "--yes", "--skip-preview");
  return { folder, env, pulumi, up, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
