import { ExecaError, execa } from "execa";

export interface HostCommandOptions {
  readonly cwd?: string;
  /** Written to the command's stdin. */
  readonly input?: string;
  /** False when it does not matter whether the command succeeds. */
  readonly reject?: boolean;
}

/**
 * Runs a program of this computer and gives what it prints on stdout.
 *
 * @throws {Error} with the command and its own words, or with what to do when it is not installed.
 */
export async function runHostCommand(
  command: string,
  args: readonly string[],
  options: HostCommandOptions = {},
): Promise<string> {
  try {
    const { stdout } = await execa(command, args, {
      ...(options.input === undefined && { stdin: "ignore" }),
      ...options,
      env: { PATH: hostPath() },
    });
    return stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    throw new Error(explain(command, error), { cause: error });
  }
}

/** Not every root shell has the system's programs on PATH: `su` without `-` keeps the user's. */
export function hostPath(): string {
  return `${process.env.PATH ?? "/usr/bin:/bin"}:/usr/sbin:/sbin`;
}

function explain(command: string, error: ExecaError): string {
  if (error.code === "ENOENT") {
    return `There is no \`${command}\` on this computer, which sandbox machines need. Run sandbox/setup.`;
  }
  const hint =
    process.getuid?.() === 0 ? "" : "\nSandbox machines need root: run this command as root.";
  return `${error.shortMessage}\n${error.stderr ?? ""}${hint}`;
}
