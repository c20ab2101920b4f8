import { ExecaError, execa } from "execa";

export interface HostCommandOptions {
  readonly cwd?: string;
  /** Written to the command's stdin. */
  readonly input?: string;
}

/**
 * Runs a program of this computer and gives what it prints on stdout. It dies with us: a killed
 * `pulumi up` leaves none behind that would work on next to the one that carries on.
 *
 * @throws {Error} with the command and its own words, or with what to do when it is not installed.
 */
export async function runHostCommand(
  command: string,
  args: readonly string[],
  options: HostCommandOptions = {},
): Promise<string> {
  try {
    const { stdout } = await execa("setpriv", ["--pdeathsig", "KILL", "--", command, ...args], {
      ...(options.input === undefined && { stdin: "ignore" }),
      ...options,
      env: { PATH: hostPath() },
    });
    return stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    throw new Error(explain([command, ...args], error), { cause: error });
  }
}

/** Not every root shell has the system's programs on PATH: `su` without `-` keeps the user's. */
export function hostPath(): string {
  return `${process.env.PATH ?? "/usr/bin:/bin"}:/usr/sbin:/sbin`;
}

/** Exit code 127 is setpriv's for a program that is not there, as a shell's. */
function explain(command: readonly string[], error: ExecaError): string {
  const missing = error.code === "ENOENT" ? "setpriv" : error.exitCode === 127 && command[0];
  if (missing) {
    return `There is no \`${missing}\` on this computer, which sandbox machines need. Run sandbox/setup.`;
  }
  const hint =
    process.getuid?.() === 0 ? "" : "\nSandbox machines need root: run this command as root.";
  return `\`${command.join(" ")}\` failed (exit code ${error.exitCode}):\n${error.stderr ?? ""}${hint}`;
}
