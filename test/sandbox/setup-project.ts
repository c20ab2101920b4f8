import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa, type Options } from "execa";

/** A project that has only the sandbox's scripts of this one. */
export interface ScriptProject extends AsyncDisposable {
  readonly folder: string;
  write(path: string, text: string, mode?: number): Promise<void>;
  /** Lines of a file; none if it is not there. */
  lines(path: string): Promise<string[]>;
  run(script: string, words?: readonly string[], options?: Options): RunningScript;
}

export type RunningScript = ReturnType<typeof startScript>;

export async function makeScriptProject(
  files: Readonly<Record<string, string>> = {},
): Promise<ScriptProject> {
  const folder = await mkdtemp(join(tmpdir(), "scripts-"));
  for (const path of ["setup", "env", "remove", "steps", "pulumi-cli"]) {
    await cp(join("sandbox", path), join(folder, "sandbox", path), { recursive: true });
  }
  const project: ScriptProject = {
    folder,
    async write(path, text, mode = 0o644) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text, { mode });
    },
    async lines(path) {
      const text = await readFile(join(folder, path), "utf8").catch(() => "");
      return text.split("\n").filter(Boolean);
    },
    run: (script, words = [], options = {}) =>
      startScript(join(folder, "sandbox", script), words, { cwd: folder, ...options }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
  for (const [path, text] of Object.entries(files)) await project.write(path, text);
  return project;
}

function startScript(file: string, words: readonly string[], options: Options) {
  return execa(file, words, { ...options, all: true, reject: false, stdin: "ignore" });
}

const names = [
  ...["packages", "npm", "pulumi", "root", "wheels", "aws", "nixpkgs", "plugins", "stack"],
];

/**
 * The project with every step of setup replaced by a small one, which notes its name in the file
 * `ran`; `work` and `inputs` are what particular steps do besides.
 */
export async function makeSetupProject(
  work: Readonly<Record<string, string>> = {},
  inputs: Readonly<Record<string, string>> = {},
): Promise<ScriptProject> {
  const steps = names.map((name) => [
    `sandbox/steps/${name}.bash`,
    `# shellcheck shell=bash
     inputs() { ${inputs[name] ?? ":"}; }
     present() { [[ -e $SANDBOX_HOME/made-${name} ]]; }
     work() { ${work[name] ?? ":"}; echo ${name} >>ran; touch "$SANDBOX_HOME/made-${name}"; }
     advice() { echo "mend ${name}"; }`,
  ]);
  const project = await makeScriptProject(Object.fromEntries(steps));
  await project.write("sandbox/steps/check", "#!/bin/sh\n", 0o755);
  return project;
}
