import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { TARGET, withSshSession } from "../src/ssh/session.ts";
import type { SshTarget } from "../src/ssh/target.ts";
import { machinesOf } from "../test/engine/machines.ts";
import { makeProject, type Project } from "../test/engine/project.ts";
import type { RunPulumi } from "./empty-project.ts";

/** This project with a stack that is up, one sandbox machine. */
export interface StandingProject extends AsyncDisposable {
  readonly pulumi: RunPulumi;
  /** One `nix eval` of what the stack evaluates, by hand. */
  evaluate(): Promise<void>;
  /** Changes a line of the application. */
  editApp(): Promise<void>;
  /** nix build, nix copy and switch-to-configuration by hand. */
  deployByHand(): Promise<void>;
}

const system = "nixosConfigurations.live.config.system.build.toplevel";
const docstring = '"""The ASGI application';

export async function makeStandingProject(): Promise<StandingProject> {
  const project = await makeProject();
  const { error } = await project.up();
  if (error) throw new Error(error);
  const target = await targetOf(project);
  const flakeArguments = await overridesOf(project);
  const nix = (...args: string[]) =>
    execa("nix", [...args, ...flakeArguments], { cwd: project.folder });
  let edits = 0;
  let line = docstring;
  return {
    pulumi: async (...args) => {
      const env = project.stack.workspace.envVars;
      await execa("pulumi", [...args, "--non-interactive"], { cwd: project.folder, env });
    },
    evaluate: async () => {
      await nix("eval", `.#${system}.drvPath`);
    },
    editApp: async () => {
      edits += 1;
      const next = `${docstring}, edit ${edits}`;
      await project.edit("app/src/iplz/application.py", line, next);
      line = next;
    },
    deployByHand: async () => {
      const { stdout } = await nix("build", "--no-link", "--json", `.#${system}`);
      await deploy(JSON.parse(stdout)[0].outputs.out, target);
    },
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}

async function deploy(storePath: string, target: SshTarget): Promise<void> {
  await withSshSession(target, async (cwd) => {
    const options = { cwd, env: { NIX_SSHOPTS: "-F config" } };
    await execa("nix-copy-closure", ["--to", TARGET, storePath], options);
    const command =
      `nix-env --profile /nix/var/nix/profiles/system --set ${storePath} && ` +
      `${storePath}/bin/switch-to-configuration switch`;
    await execa("ssh", ["-F", "config", TARGET, command], options);
  });
}

async function overridesOf({ folder }: Project): Promise<string[]> {
  const [values = ""] = await readdir(join(folder, ".nix/values"));
  return [
    "--no-write-lock-file",
    ...["--override-input", "nixpkgs", `path:${process.env.SANDBOX_HOME}/nixpkgs`],
    ...["--override-input", "values", `path:${folder}/.nix/values/${values}`],
  ];
}

async function targetOf(project: Project): Promise<SshTarget> {
  const [machine] = await machinesOf(project);
  const { deployment } = await project.stack.exportStack();
  const outputsOf = (name: string) =>
    deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith(`::${name}`)).outputs;
  return {
    address: machine?.address ?? "",
    port: 22,
    user: "root",
    hostPublicKey: outputsOf("machine-1-host-key").publicKey,
    privateKey: JSON.parse(outputsOf("key").privateKey.plaintext),
  };
}
