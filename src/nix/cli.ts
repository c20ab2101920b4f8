import { isLogEvent } from "./log-event.ts";
import { runProcess } from "./run-process.ts";

/** A message for the user: what Nix could not do, why, and what to do about it. */
export class NixError extends Error {
  override name = "NixError";
}

/** Settings that hold for every call on behalf of one stack. */
export interface NixSettings {
  /** Nix options as in nix.conf, each passed as `--option NAME VALUE`. */
  readonly nixOptions?: Readonly<Record<string, string>> | undefined;
}

export interface NixCall extends NixSettings {
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** Called with each line of stderr as it comes. Events of Nix's log are in no failure's stderr. */
  readonly onStderrLine?: (line: string) => void;
}

/** What a `nix` process said before it failed; the caller turns it into a {@link NixError}. */
export class NixFailure extends Error {
  override name = "NixFailure";
  readonly command: string;
  readonly stderr: string;

  constructor(command: string, stderr: string, cause?: unknown) {
    super(`${command} failed:\n${stderr}\nMend what Nix says, then run it again.`, { cause });
    this.command = command;
    this.stderr = stderr;
  }
}

/**
 * Runs `nix` with the arguments and gives what it prints on stdout. The only place of the program that
 * starts it.
 * The experimental features that flakes need are switched on whatever nix.conf says.
 *
 * @throws {NixError} when there is no `nix` on PATH.
 * @throws {NixFailure} when it exits with an error.
 */
export async function runNix(args: readonly string[], call: NixCall = {}): Promise<string> {
  const words = nixArguments(args, call);
  const { onStderrLine } = call;
  const { stdout, stderr, exitCode } = await runProcess("nix", words, {
    ...call,
    // A copy of a gigabyte writes tens of thousands of events, which nobody reads again.
    ...(onStderrLine && {
      keepStderrLine: (line) => {
        onStderrLine(line);
        return !isLogEvent(line);
      },
    }),
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? notInstalled(error) : error;
  });
  if (exitCode === 0) return stdout;
  throw new NixFailure(["nix", ...words].map(quoteWhereNeeded).join(" "), stderr);
}

/** The arguments, and those that every call has. */
export function nixArguments(
  args: readonly string[],
  { nixOptions = {} }: NixSettings = {},
): string[] {
  return [
    ...args,
    "--extra-experimental-features",
    "nix-command flakes",
    ...Object.entries(nixOptions).flatMap(([name, value]) => ["--option", name, value]),
  ];
}

function notInstalled(cause: Error): NixError {
  return new NixError(
    "Nix is not installed: there is no `nix` on PATH. Install it from https://nixos.org/download " +
      "(2.8 or newer), or run `npm run demo`, whose setup does.",
    { cause },
  );
}

function quoteWhereNeeded(word: string): string {
  return /^[\w./:=@%+,#^-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The version of the `nix` on PATH, as [major, minor]. */
export function nixVersion(): Promise<readonly [number, number]> {
  version ??= readVersion();
  return version;
}

let version: Promise<readonly [number, number]> | undefined;

async function readVersion(): Promise<readonly [number, number]> {
  const text = await runNix(["--version"]);
  const match = /(\d+)\.(\d+)/.exec(text);
  if (!match)
    throw new NixError(
      `nix --version printed ${JSON.stringify(text)}: no version in it. Put Nix first on PATH.`,
    );
  return [Number(match[1]), Number(match[2])];
}
