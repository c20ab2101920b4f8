import { connectWithin } from "../ssh/connect-within.ts";
import type { CommandResult, SshConnection } from "../ssh/connection.ts";
import { nameOf, SshError } from "../ssh/reasons.ts";
import { runScript } from "../ssh/run-script.ts";
import type { SshTarget } from "../ssh/target.ts";
import { whileWaiting } from "../ssh/wait-for-machine.ts";
import { scripts } from "./activation-script.ts";

export interface RebootRequest extends SshTarget {
  /** As the activation names itself on the machine. */
  readonly purpose: string;
  /** How long to wait for the machine to answer in the beginning. */
  readonly connectTimeoutSeconds: number;
  /** How long it may be away at a stretch. */
  readonly awaySeconds: number;
}

/** What the script ends with where the machine is about to reboot. */
const REBOOTS = 75;
/** The machine's own limit on a connection that waits. */
const waitSeconds = 86_400;

/**
 * Activates a system by a reboot, and waits until the machine has come to stay on it, or is back on the
 * one before. The confirmation is made by somebody else.
 *
 * @param command that starts it on the machine.
 * @param onLine gets what the activation prints, and a line now and then while the machine is away.
 * @returns 0 when the system stays.
 * @throws {SshError} when the machine cannot be got into, or does not come back.
 */
export async function rebootMachine(
  command: string,
  request: RebootRequest,
  onLine: (line: string) => void,
): Promise<number> {
  const started = await start(command, request, onLine);
  print(`${started.stdout}${started.stderr}`, onLine);
  if (started.exitCode === 0 || started.exitCode === 1) return started.exitCode;
  if (started.exitCode !== REBOOTS && started.stdout === "") {
    throw new SshError(
      `The connection to ${nameOf(request)} was lost before the activation began, exit code ` +
        `${started.exitCode}. Run \`pulumi up\` again.`,
    );
  }
  for (;;) {
    const end = /^(?<log>.*)\nended (?<status>\d+)$/s.exec(await askOutcome(request, onLine));
    if (!end?.groups) continue;
    print(end.groups.log ?? "", onLine);
    return Number(end.groups.status);
  }
}

async function start(
  command: string,
  request: RebootRequest,
  onLine: (line: string) => void,
): Promise<CommandResult> {
  const { connectTimeoutSeconds } = request;
  await using machine = await whileWaiting(
    request,
    connectTimeoutSeconds,
    connectWithin(request, connectTimeoutSeconds),
    onLine,
  );
  return await machine.run(command, { stdin: scripts.startWithReboot });
}

/** What the machine says in the end; something else when it went away meanwhile. */
async function askOutcome(request: RebootRequest, onLine: (line: string) => void): Promise<string> {
  await using machine = await comeBack(request, onLine);
  const words = [request.purpose, String(waitSeconds)];
  const asked = runScript(machine, request.user, scripts.outcome, words);
  return (await asked.catch(() => ({ stdout: "" }))).stdout.trimEnd();
}

/** A system that lets nobody in is gone back from: no refusal is the last word. */
async function comeBack(
  request: RebootRequest,
  onLine: (line: string) => void,
): Promise<SshConnection> {
  const { awaySeconds } = request;
  const connecting = connectWithin(request, awaySeconds, { stopsWhenFinal: false });
  return whileWaiting(request, awaySeconds, connecting, onLine).catch((error: Error) => {
    throw new SshError(
      `${nameOf(request)} did not come back from its reboot within ${awaySeconds} s. ` +
        "If its kernel does not start, choose the generation before at its boot loader, then run " +
        `\`pulumi up\` again. ${error.message}`,
      { cause: error },
    );
  });
}

function print(text: string, onLine: (line: string) => void): void {
  for (const line of text.trimEnd().split("\n")) onLine(line);
}
