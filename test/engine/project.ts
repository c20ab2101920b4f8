import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ConfigMap,
  type EngineEvent,
  LocalWorkspace,
  type PreviewOptions,
  type Stack,
  type UpOptions,
} from "@pulumi/pulumi/automation/index.js";
import { execa } from "execa";
import { endThoseIn } from "./end-those-in.ts";

/** A copy of this project with a stack of its own, for the real CLI to work on. */
export interface Project extends AsyncDisposable {
  readonly folder: string;
  readonly stack: Stack;
  readonly stackName: string;
  /** Replaces a text that must be in the file, and tells Git. */
  edit(path: string, from: string, to: string): Promise<void>;
  up(
    options?: Pick<UpOptions, "continueOnError" | "parallel" | "plan" | "replace" | "target">,
  ): Promise<Run>;
  /** Begins an up as a terminal does, and leaves it to the caller. */
  beginUp(): StartedUp;
  /** Begins an up and kills the CLI and the program as soon as it prints the text. */
  upUntil(text: RegExp): Promise<void>;
  preview(options?: Pick<PreviewOptions, "plan" | "refresh" | "target">): Promise<Run>;
  refresh(): Promise<Run>;
  destroy(): Promise<Run>;
  /** The stack's graph as `pulumi stack graph` writes it, edges of the colours parent and dependency. */
  graph(): Promise<string>;
  /** The stack's state as it lies in the backend. */
  readState(): Promise<string>;
}

/** An up that is under way. */
export interface StartedUp {
  /** What the CLI printed, once it ended. */
  readonly ended: Promise<{ output: string; exitCode: number | undefined }>;
  /** Waits until it prints the text. */
  printed(text: RegExp): Promise<void>;
  /** Sends a signal to all that a terminal would send it to. */
  signal(name: "SIGINT" | "SIGKILL"): void;
}

/** What the engine did, from its own event log. */
export interface Run {
  /** Each resource, as its type's last word and its name, to operation; not those left the same. */
  readonly steps: Readonly<Record<string, string>>;
  /** Everything that the CLI printed. */
  readonly output: string;
  /** Everything that the engine told of resources, as JSON. */
  readonly events: string;
  /** Undefined if it succeeded. */
  readonly error: string | undefined;
}

/**
 * Makes the project and its stack, with config by path, as `pulumi config set --path` takes it, and
 * environment variables; destroys the stack and removes the copy at the end of `await using`.
 */
export async function makeProject(
  config: ConfigMap = {},
  settings: Readonly<Record<string, string>> = {},
): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "project-"));
  await copyCheckout(folder);
  const stackName = `test-${randomBytes(4).toString("hex")}`;
  const envVars = { ...(await environment(folder)), ...settings };
  const stack = await LocalWorkspace.createStack({ stackName, workDir: folder }, { envVars });
  await stack.setAllConfig({ ...sandboxConfig(), ...config }, true);
  return {
    folder,
    stack,
    stackName,
    edit: (path, from, to) => edit(folder, path, from, to),
    up: (how) => record((options) => stack.up({ ...how, ...options, suppressProgress: true })),
    beginUp: () => beginUp(folder, stackName, envVars),
    upUntil: async (text) => {
      const up = beginUp(folder, stackName, envVars);
      await up.printed(text);
      up.signal("SIGKILL");
      await up.ended;
    },
    preview: (how) => record((options) => stack.preview({ ...how, ...options })),
    refresh: () => record((options) => stack.refresh(options)),
    destroy: () => record((options) => stack.destroy(options)),
    graph: async () => {
      const file = join(folder, ".state/graph.dot");
      const colors = ["--parent-edge-color=parent", "--dependency-edge-color=dependency"];
      const args = ["stack", "graph", file, ...colors, "--stack", stackName];
      await execa("pulumi", args, { cwd: folder, env: envVars });
      return readFile(file, "utf8");
    },
    readState: () => readFile(join(folder, `.state/.pulumi/stacks/iplz/${stackName}.json`), "utf8"),
    async [Symbol.asyncDispose]() {
      await stack.destroy();
      await endThoseIn(folder);
      await rm(folder, { recursive: true });
    },
  };
}

async function copyCheckout(folder: string): Promise<void> {
  const listed = await execa("git", ["ls-files", "-co", "--exclude-standard", "-z"]);
  for (const path of listed.stdout.split("\0").filter(Boolean)) {
    await cp(path, join(folder, path)).catch(ignoreMissing);
  }
  await symlink(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
  await execa("git", ["init", "--quiet"], { cwd: folder });
  await execa("git", ["add", "--all"], { cwd: folder });
}

/** Git still lists a file that the working tree has lost. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

async function environment(folder: string): Promise<Record<string, string>> {
  const state = join(folder, ".state");
  await mkdir(state);
  return {
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
  };
}

/** What Pulumi.local.yaml sets, seen from here. */
function sandboxConfig(): ConfigMap {
  const home = process.env.SANDBOX_HOME;
  if (!home) throw new Error("SANDBOX_HOME is not set: run the tests with `npm test`.");
  return { "iplz:overrideInputs.nixpkgs": { value: `path:${home}/nixpkgs` } };
}

async function edit(folder: string, path: string, from: string, to: string): Promise<void> {
  const file = join(folder, path);
  const text = await readFile(file, "utf8");
  if (!text.includes(from)) throw new Error(`${path} does not hold ${JSON.stringify(from)}`);
  await writeFile(
    file,
    text.replace(from, () => to),
  );
  await execa("git", ["add", path], { cwd: folder });
}

function beginUp(cwd: string, stackName: string, env: Readonly<Record<string, string>>): StartedUp {
  const up = execa("pulumi", ["up", "--yes", "--skip-preview", "--stack", stackName], {
    ...{ cwd, env, detached: true, all: true, buffer: false, reject: false, stdin: "ignore" },
  });
  let output = "";
  up.all.on("data", (chunk) => {
    output += chunk;
  });
  return {
    ended: up.then(({ exitCode }) => ({ output, exitCode })),
    async printed(text) {
      const isPrinted = await new Promise<boolean>((decide) => {
        const look = () => text.test(output) && decide(true);
        up.all.on("data", look).once("end", () => decide(false));
        look();
      });
      if (!isPrinted) throw new Error(`pulumi up ended without printing ${text}:\n${output}`);
    },
    signal(name) {
      if (up.pid) process.kill(-up.pid, name);
    },
  };
}

interface RunOptions {
  readonly onOutput: (text: string) => void;
  readonly onEvent: (event: EngineEvent) => void;
}

async function record(run: (options: RunOptions) => Promise<unknown>): Promise<Run> {
  const steps = new Map<string, string>();
  const output: string[] = [];
  const events: string[] = [];
  const failure = await run({
    onOutput: (text) => output.push(text),
    onEvent: (event) => {
      events.push(JSON.stringify(event));
      // A refresh tells what it found only with the outputs.
      const step = event.resOutputsEvent?.metadata ?? event.resourcePreEvent?.metadata;
      if (!step || step.type.startsWith("pulumi:")) return;
      const op = /replace/.test(step.op) ? "replace" : step.op;
      steps.set(`${step.type.split(":").at(-1)} ${step.urn.split("::").at(-1)}`, op);
    },
  }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  const changes = [...steps].filter(([, op]) => op !== "same" && op !== "refresh");
  return {
    steps: Object.fromEntries(changes),
    output: output.join(""),
    events: events.join("\n"),
    error: failure,
  };
}
