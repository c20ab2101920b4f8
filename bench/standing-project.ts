import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { askRunningSystem } from "../src/ssh/running-system.ts";
import type { SshTarget } from "../src/ssh/target.ts";
import { machinesOf } from "../test/engine/machines.ts";
import { makeProject, type Project } from "../test/engine/project.ts";
import { deployByHand } from "./by-hand.ts";
import type { RunPulumi } from "./empty-project.ts";
import { makeFreshNixpkgs } from "./fresh-nixpkgs.ts";
import { type TimedCommand, timePulumi } from "./timed-events.ts";

/** This project with a stack that is up, one sandbox machine to begin with. */
export interface StandingProject extends AsyncDisposable {
  readonly folder: string;
  readonly pulumi: RunPulumi;
  up(): Promise<void>;
  /** The first `up`; no module was compiled before it. */
  readonly firstUp: TimedCommand;
  /** How to get into each machine. */
  machines(): Promise<SshTarget[]>;
  /** Has the stack make as many machines. */
  grow(count: number): Promise<void>;
  /** One `nix eval` of what the stack evaluates, by hand. */
  evaluate(): Promise<void>;
  /** Changes a line of the application. */
  editApp(): Promise<void>;
  /** nix build of the system, which is the result. */
  build(): Promise<string>;
  /** nix build, then nix-copy-closure and switch-to-configuration on all machines at once. */
  deployByHand(machines: readonly SshTarget[]): Promise<{ readonly buildSeconds: number }>;
  /** Fails unless each machine runs what the stack says. */
  requireDeployed(): Promise<void>;
}

const system = "config.system.build.toplevel";
const docstring = '"""The ASGI application';

/** @param isFirst nothing is to be there that an earlier stack built. */
export async function makeStandingProject({
  isFirst,
}: {
  readonly isFirst: boolean;
}): Promise<StandingProject> {
  const scratch = await mkdtemp(join(tmpdir(), "bench-"));
  const nixpkgs = isFirst
    ? join(scratch, "nixpkgs")
    : join(process.env.SANDBOX_HOME ?? "", "nixpkgs");
  if (isFirst) await makeFreshNixpkgs(nixpkgs);
  const project = await makeProject(
    { "iplz:overrideInputs.nixpkgs": { value: `path:${nixpkgs}` } },
    { NODE_COMPILE_CACHE: join(scratch, "compiled") },
  );
  const { folder, stack } = project;
  const env = stack.workspace.envVars;
  const dispose = async () => {
    await project[Symbol.asyncDispose]();
    await rm(scratch, { recursive: true });
  };
  try {
    const firstUp = await timePulumi(["up", "--yes", "--skip-preview"], folder, env);
    const flakeArguments = await overridesOf(folder, nixpkgs);
    const nix = (...args: string[]) => execa("nix", [...args, ...flakeArguments], { cwd: folder });
    const pulumi: RunPulumi = async (...args) => {
      await execa("pulumi", [...args, "--non-interactive"], { cwd: folder, env });
    };
    const build = async () => {
      const live = `.#nixosConfigurations.live.${system}`;
      const { stdout } = await nix("build", "--no-link", "--json", live);
      return JSON.parse(stdout)[0].outputs.out as string;
    };
    let edits = 0;
    let line = docstring;
    return {
      folder,
      firstUp,
      pulumi,
      up: () => pulumi("up", "--yes", "--skip-preview"),
      machines: () => targetsOf(project),
      grow: async (count) => {
        await stack.setConfig("iplz:count", { value: String(count) });
        await requireSuccess(project);
      },
      evaluate: async () => {
        const paths = ["live", "bootstrap"].map((name) => `hosts.${name}.${system}.drvPath`);
        const apply = `hosts: [${paths.join(" ")}]`;
        await nix("eval", "--json", ".#nixosConfigurations", "--apply", apply);
      },
      editApp: async () => {
        edits += 1;
        // No other stack has built it.
        const next = `${docstring}, edit ${edits} on ${project.stackName}`;
        await project.edit("app/src/iplz/application.py", line, next);
        line = next;
      },
      build,
      deployByHand: async (machines) => {
        const began = performance.now();
        const storePath = await build();
        const buildSeconds = (performance.now() - began) / 1000;
        await deployByHand(storePath, machines);
        return { buildSeconds };
      },
      requireDeployed: () => requireDeployed(project),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function requireSuccess(project: Project): Promise<void> {
  const { error } = await project.up();
  if (error) throw new Error(error);
}

async function requireDeployed(project: Project): Promise<void> {
  const [outputs, targets] = await Promise.all([machinesOf(project), targetsOf(project)]);
  const running = await Promise.all(targets.map((target) => askRunningSystem(target, 30)));
  const others = outputs.filter(({ system }, at) => running[at]?.running !== system);
  if (others.length === 0) return;
  throw new Error(`Not the stack's system runs on ${others.map(({ name }) => name).join(", ")}.`);
}

async function overridesOf(folder: string, nixpkgs: string): Promise<string[]> {
  const [values = ""] = await readdir(join(folder, ".nix/values"));
  return [
    "--no-write-lock-file",
    ...["--override-input", "nixpkgs", `path:${nixpkgs}`],
    ...["--override-input", "values", `path:${folder}/.nix/values/${values}`],
  ];
}

async function targetsOf(project: Project): Promise<SshTarget[]> {
  const { deployment } = await project.stack.exportStack();
  const outputsOf = (name: string) =>
    deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith(`::${name}`)).outputs;
  return (await machinesOf(project)).map(({ name, address }) => ({
    address,
    port: 22,
    user: "root",
    hostPublicKey: outputsOf(`${name}-host-key`).publicKey,
    privateKey: JSON.parse(outputsOf("key").privateKey.plaintext),
  }));
}
