import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { execa } from "execa";
import { copyInput } from "../src/deployment/copy-input.ts";
import { serveAgent } from "../src/ssh/agent.ts";
import { connect } from "../src/ssh/connection.ts";
import type { SshTarget } from "../src/ssh/target.ts";
import { copyByHand } from "./by-hand.ts";
import { type Content, contentOf } from "./content.ts";
import { measureInTurn, type Sample } from "./measure.ts";
import type { StandingProject } from "./standing-project.ts";

export interface CopySamples extends Readonly<Record<"byHand" | "copy", Sample>> {
  readonly content: Content;
  readonly mebibytes: number;
}

/** Big closures brought to a machine, by nix-copy-closure alone and as a deployment copies. */
export async function measureCopies(
  project: StandingProject,
  runs: number,
): Promise<CopySamples[]> {
  const [machine] = await project.machines();
  if (!machine) throw new Error("There is no machine to copy to.");
  const samples: CopySamples[] = [];
  for (const content of ["incompressible", "compressible"] as const) {
    for (const mebibytes of [64, 1024]) {
      samples.push(await measureCopy(project.folder, machine, content, mebibytes, runs));
    }
  }
  return samples;
}

async function measureCopy(
  folder: string,
  machine: SshTarget,
  content: Content,
  mebibytes: number,
  runs: number,
): Promise<CopySamples> {
  const file = join(folder, ".nix", `${content}-${mebibytes}`);
  await pipeline(Readable.from(contentOf(content, mebibytes)), createWriteStream(file));
  const { stdout: storePath } = await execa("nix-store", ["--add", file]);
  const root = `${file}-root`;
  await execa("nix-store", ["--realise", storePath, "--add-root", root]);
  const { privateKey = "", ...keyless } = machine;
  const agentSocket = ".nix/agents/bench";
  await serveAgent(join(folder, agentSocket), { privateKey: Promise.resolve(privateKey) });
  const request = {
    ...keyless,
    agentSocket,
    substituteOnDestination: false,
    compress: false,
    connectTimeoutSeconds: 60,
    stack: "bench",
  };
  try {
    const samples = await measureInTurn(
      {
        byHand: () => copyByHand(storePath, [machine]),
        copy: () =>
          execa("bash", ["src/deployment/copy-closure.sh", storePath], {
            cwd: folder,
            input: copyInput(request),
          }),
      },
      { runs, memoryRuns: 1, prepare: () => deleteFrom(machine, storePath) },
    );
    return { content, mebibytes, ...samples };
  } finally {
    await deleteFrom(machine, storePath);
    await Promise.all([file, root].map((path) => rm(path)));
    await execa("nix-store", ["--delete", storePath]);
  }
}

async function deleteFrom(machine: SshTarget, storePath: string): Promise<void> {
  await using connection = await connect(machine, 30);
  const { stderr, exitCode } = await connection.run(
    `rm -f /nix/var/nix/gcroots/copied-by-bench; [ ! -e ${storePath} ] || nix-store --delete ${storePath}`,
  );
  if (exitCode !== 0) throw new Error(`${storePath} could not be deleted:\n${stderr}`);
}
