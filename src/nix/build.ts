import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { BuildLog } from "./build-log.ts";
import { NixError, NixFailure, type NixSettings, runNix } from "./cli.ts";
import { allOutputsOf } from "./store.ts";

export interface BuildRequest extends NixSettings {
  readonly drvPath: string;
  /** Link to the default output, which keeps all outputs from garbage collection. */
  readonly gcRoot: string;
  /** What the user calls it: FLAKE#ATTRIBUTE. */
  readonly installable: string;
  /** Called with each line of progress. */
  readonly onLine: (line: string) => void;
}

let lastBuild: Promise<unknown> = Promise.resolve();

/**
 * Builds all outputs of a derivation, or finds them built, and roots them against garbage collection.
 * Requests take turns: Nix builds side by side within one of them, but two that need the same
 * derivation would look for the other's lock only every five seconds.
 *
 * @throws {NixError} with the derivation that failed, the last 20 lines of its log, and the command
 *   that shows the rest.
 */
export function build(request: BuildRequest): Promise<void> {
  const result = lastBuild.then(() => buildNow(request));
  lastBuild = result.catch(() => undefined);
  return result;
}

async function buildNow(request: BuildRequest): Promise<void> {
  await mkdir(dirname(request.gcRoot), { recursive: true });
  const log = new BuildLog(request.onLine);
  try {
    await runNix(
      [
        ...["build", "--log-format", "internal-json"],
        ...["--out-link", request.gcRoot, await allOutputsOf(request.drvPath)],
      ],
      {
        nixOptions: request.nixOptions,
        builders: request.builders,
        onStderrLine: (line) => log.take(line),
      },
    );
  } catch (error) {
    throw error instanceof NixFailure ? explainBuild(request, log, error) : error;
  }
}

function explainBuild({ installable }: BuildRequest, log: BuildLog, failure: NixFailure): NixError {
  const failed = log.failedDerivation;
  const lines = failed === undefined ? [] : log.lastLines(failed);
  const parts = [
    `Building ${installable} failed${failed === undefined ? "." : `: ${failed}`}`,
    ...lines.map((line) => `  ${line}`),
    ...log.errors,
    ...(lines.length > 0 ? [`The whole log: nix log ${failed}`] : []),
  ];
  return new NixError(
    `${parts.join("\n")}\nMend it, then run \`pulumi up\` again: it builds what is missing.`,
    { cause: failure },
  );
}
