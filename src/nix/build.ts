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
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with each line of progress. */
  readonly onLine: (line: string) => void;
}

/** A build that failed, in words for the user. */
export class BuildError extends NixError {
  override name = "BuildError";
  /** Nix's own messages. */
  readonly reasons: readonly string[];

  constructor(message: string, reasons: readonly string[], options?: ErrorOptions) {
    super(message, options);
    this.reasons = reasons;
  }
}

let lastBuild: Promise<unknown> = Promise.resolve();

/**
 * Builds all outputs of a derivation, or finds them built, and roots them against garbage collection.
 * Requests take turns: Nix builds side by side within one of them, but two that need the same
 * derivation would look for the other's lock only every five seconds.
 *
 * @throws {BuildError} with the derivation that failed, the last 20 lines of its log, and the command
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
        ...(request.environment && { environment: request.environment }),
        onStderrLine: (line) => log.take(line),
      },
    );
    log.end();
  } catch (error) {
    if (!(error instanceof NixFailure)) throw error;
    throw explainBuild(log, { what: request.installable, wholeLog: "The whole log", cause: error });
  }
}

export interface FailedBuild {
  /** What was built, and where if not on this computer. */
  readonly what: string;
  /** Says where the command at the end shows all that a builder wrote. */
  readonly wholeLog: string;
  /** Knows what to do by the words of the failure. */
  readonly advise?: (words: string) => string | undefined;
  readonly cause?: unknown;
}

/** How a build ended, by its log. */
export function explainBuild(
  log: BuildLog,
  { what, wholeLog, advise, cause }: FailedBuild,
): BuildError {
  const failed = log.failedDerivation;
  const lines = failed === undefined ? [] : log.lastLines(failed);
  const advice = advise?.([...lines, ...log.errors].join("\n"));
  const parts = [
    `Building ${what} failed${failed === undefined ? "." : `: ${failed}`}`,
    ...lines.map((line) => `  ${line}`),
    ...log.errors,
    ...(lines.length > 0 ? [`${wholeLog}: nix log ${failed}`] : []),
    ...(log.errors.some(isOfOtherPlatform) ? [OTHER_PLATFORM] : []),
    ...(advice ? [advice] : []),
  ];
  return new BuildError(
    `${parts.join("\n")}\nMend it, then run \`pulumi up\` again: it builds what is missing.`,
    log.errors,
    { cause },
  );
}

const OTHER_PLATFORM =
  "It cannot be built there, for want of that platform or feature. Let builders or the machine itself " +
  "build it, with build.on: docs/building.md.";

function isOfOtherPlatform(error: string): boolean {
  return /required to build .*, but I am a |required system or feature not available/is.test(error);
}
