import { explainBuild } from "../nix/build.ts";
import { BuildLog } from "../nix/build-log.ts";
import { NixError, NixFailure, type NixSettings } from "../nix/cli.ts";
import { CopyLog } from "../nix/copy-log.ts";
import { isLogEvent } from "../nix/log-event.ts";
import { copyClosureOverSsh } from "../nix/store.ts";
import { asRoot } from "../ssh/as-root.ts";
import { findObstacle } from "../ssh/obstacle.ts";
import { nameOf, sshMissing, sudoRefused } from "../ssh/reasons.ts";
import { TARGET, withSshSession } from "../ssh/session.ts";
import { shellQuote } from "../ssh/shell-quote.ts";
import type { SshTarget } from "../ssh/target.ts";
import { waitForMachine } from "../ssh/wait-for-machine.ts";
import { whileTelling } from "../while-telling.ts";
import { rootCommand, storeThatKeeps } from "./copy-root.ts";

/** A machine that builds for itself. */
export interface BuildingMachine extends SshTarget {
  /** How long to wait for it to answer. */
  readonly connectTimeoutSeconds: number;
  /** Worth it on a slow network. */
  readonly compress: boolean;
  /** The stack among all that may build there. */
  readonly stack: string;
}

export interface MachineBuild extends NixSettings {
  readonly drvPath: string;
  readonly outPath: string;
  /** What the user calls it. */
  readonly installable: string;
  readonly machine: BuildingMachine;
  /** Called with each line of progress. */
  readonly onLine: (line: string) => void;
}

/**
 * Has a derivation built in the machine's own store, unless its output is there, and keeps it from
 * garbage collection. What is sent is the derivation and all that it is built from.
 *
 * @throws {NixError | SshError} that says why the machine could not be got into, or how the build there
 *   ended, as a build on this computer does.
 */
export async function buildOnMachine(build: MachineBuild): Promise<void> {
  const { machine, onLine } = build;
  await waitForMachine(machine, machine.connectTimeoutSeconds, onLine);
  await withSshSession(machine, async (folder) => {
    if (await isKeptThere(build, folder)) return;
    await sendDerivation(build, folder);
    await realise(build, folder);
  });
}

/** Only a yes counts: whatever is wrong comes up again in what follows, where it is explained. */
async function isKeptThere({ outPath, machine }: MachineBuild, folder: string): Promise<boolean> {
  const command = `${storeThatKeeps(outPath, machine)} --check-validity ${outPath}`;
  return (await runSsh(command, folder)) === undefined;
}

async function sendDerivation(
  { drvPath, outPath, installable, machine, onLine }: MachineBuild,
  folder: string,
): Promise<void> {
  const log = new CopyLog();
  const tell = () => {
    const { copied = [], paths } = log.progress ?? {};
    if (paths) onLine(`sending what is built from: ${copied.length} of ${paths} paths`);
  };
  const copy = copyClosureOverSsh(drvPath, {
    host: TARGET,
    remoteProgram: `${rootCommand(drvPath, machine)} && ${storeThatKeeps(outPath, machine)}`,
    sshOptions: "-F config",
    workingDirectory: folder,
    substituteOnDestination: false,
    compress: machine.compress,
    isDerivation: true,
    log,
  });
  await whileTelling(copy, everyFewSeconds(), tell).catch(async (error: unknown) => {
    if (!(error instanceof NixFailure)) throw error;
    const reason = (await reasonFor(machine, error.stderr)) ?? "see Nix's own words.";
    throw new NixError(
      `Sending ${nameOf(machine)} what ${installable} is built from failed: ${reason}\n\n${error.stderr}\nMend it, then run \`pulumi up\` again: it carries on from here.`,
      { cause: error },
    );
  });
}

async function realise(build: MachineBuild, folder: string): Promise<void> {
  const { drvPath, installable, machine, nixOptions = {}, onLine } = build;
  const options = Object.entries(nixOptions).flatMap(([name, value]) => ["--option", name, value]);
  const words = ["nix-store", "--realise", drvPath, "--log-format", "internal-json", ...options];
  const command = asRoot(machine.user, words.map(shellQuote).join(" "));
  const log = new BuildLog(onLine);
  const failure = await runSsh(command, folder, (line) => log.take(line));
  if (!failure) return log.end();
  const what = `${installable} on ${nameOf(machine)}`;
  if (log.errors.length > 0) {
    const wholeLog = "The whole log, on that machine";
    throw explainBuild(log, { what, wholeLog, advise: (said) => diskFull(machine, said) });
  }
  const reason = (await reasonFor(machine, failure.stderr)) ?? CUT_OFF;
  throw new NixError(
    `Building ${what} failed: ${reason}\n\n${failure.stderr}\nMend it, then run \`pulumi up\` again: it carries on from here.`,
  );
}

const CUT_OFF = "it was cut off. Run `pulumi up` again: it carries on from here.";

async function reasonFor(machine: SshTarget, words: string): Promise<string | undefined> {
  return (
    sshMissing(words) ??
    sudoRefused(machine, words) ??
    diskFull(machine, words) ??
    (await findObstacle(machine))?.message
  );
}

function diskFull(machine: SshTarget, words: string): string | undefined {
  if (!/No space left on device|lack of free disk space/.test(words)) return undefined;
  return (
    `The disk of ${nameOf(machine)} is full. Make room there, such as with \`nix-collect-garbage\`, and ` +
    "run `pulumi up` again: it carries on from here."
  );
}

/** Runs a command line on the session's machine; gives how it failed, if it did. */
async function runSsh(
  command: string,
  folder: string,
  onStderrLine: (line: string) => void = () => {},
): Promise<{ readonly stderr: string } | undefined> {
  const { execa } = await import("execa");
  const { exitCode, stderr } = await execa("ssh", ["-F", "config", TARGET, command], {
    cwd: folder,
    stdin: "ignore",
    reject: false,
    stderr: function* (line: unknown) {
      onStderrLine(String(line));
      if (!isLogEvent(String(line))) yield line;
    },
  });
  return exitCode === 0 ? undefined : { stderr };
}

/** Seconds between lines. */
function* everyFewSeconds(): Generator<number> {
  for (;;) yield 2;
}
