import { nameOf, SshError } from "./reasons.ts";
import type { SshTarget } from "./target.ts";

/** What a machine says of its systems, each a store path. */
export interface RunningSystem {
  readonly running: string;
  /** What its profile leads to, which it boots next. */
  readonly profile: string;
  /** The last activation that went well; undefined where there was none. */
  readonly activated?: ActivationRecord | undefined;
}

/** A line of /nix/var/nix/activated-system, which the activation writes. */
export interface ActivationRecord {
  readonly mode: string;
  readonly stack: string;
  readonly system: string;
}

/** In any login shell: what is not there is an empty line. */
const question =
  "sh -c 'for link in /run/current-system /nix/var/nix/profiles/system; do " +
  "readlink -e $link || echo; done; cat /nix/var/nix/activated-system 2>/dev/null || echo'";

/**
 * Asks a machine what it runs.
 *
 * @throws {SshError} when it cannot be asked.
 */
export async function askRunningSystem(
  target: SshTarget,
  timeoutSeconds: number,
): Promise<RunningSystem> {
  // Loaded here, for a preview or an update of what has not changed asks no machine.
  const { connect } = await import("./connection.ts");
  await using connection = await connect(target, timeoutSeconds);
  const { stdout, exitCode } = await connection.run(question);
  const [running, profile, record, end] = stdout.split("\n");
  if (exitCode !== 0 || running === undefined || profile === undefined || end === undefined) {
    throw new SshError(
      `${nameOf(target)} did not say what it runs: ` +
        `${JSON.stringify(stdout)}, exit code ${exitCode}. Log in, and see that its shell runs commands.`,
    );
  }
  const [mode, stack, system] = (record ?? "").split(" ");
  return {
    running,
    profile,
    activated: mode && stack && system ? { mode, stack, system } : undefined,
  };
}

/**
 * How what a machine runs differs from what this stack activated on it last, as words for the user;
 * undefined when it does not.
 */
export function driftOf(
  { running, profile, activated }: RunningSystem,
  stack: string,
): string | undefined {
  if (!activated) return `it runs ${running}, and no activation of this stack is on record there`;
  if (activated.stack !== stack)
    return `it runs ${running}, and stack ${activated.stack} activated ${activated.system} there since`;
  const { mode, system } = activated;
  if (mode !== "boot" && running !== system)
    return `it runs ${running}, not ${system}, which this stack activated`;
  if (mode !== "test" && profile !== system)
    return `it boots ${profile} next, not ${system}, which this stack activated`;
  return undefined;
}
