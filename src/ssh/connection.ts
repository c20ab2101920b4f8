import type { Client, ClientChannel } from "ssh2";
import { logIn, logInThrough } from "./log-in.ts";
import { SshError } from "./reasons.ts";
import type { SshTarget } from "./target.ts";

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined when a signal ended the command, or the connection was lost. */
  readonly exitCode: number | undefined;
}

export interface RunOptions {
  /** What the command reads; nothing by default. */
  readonly stdin?: string | undefined;
}

/** A machine that is logged in to, and known to be the right one. */
export interface SshConnection extends AsyncDisposable {
  /**
   * Runs a command line in the user's login shell.
   *
   * @throws {SshError} when it could not be started.
   */
  run(command: string, options?: RunOptions): Promise<CommandResult>;
}

/**
 * Logs in to a machine in this process: no key in a file, and nothing of the user's own SSH
 * configuration. Closed at the end of `await using`.
 *
 * @param timeoutSeconds for the whole of it.
 * @throws {SshError} when nobody answers, another machine does, or it lets no key in.
 */
export async function connect(target: SshTarget, timeoutSeconds: number): Promise<SshConnection> {
  const deadline = performance.now() + timeoutSeconds * 1000;
  const { proxyJump } = target;
  if (!proxyJump) return connectionOf([await logIn(target, target, deadline)]);
  const bastion = await logIn(proxyJump, target, deadline, { isBastion: true });
  try {
    return connectionOf([await logInThrough(bastion, target, deadline), bastion]);
  } catch (error) {
    bastion.destroy();
    throw error;
  }
}

function connectionOf(clients: readonly [Client, ...Client[]]): SshConnection {
  return {
    run: (command, options = {}) => run(clients[0], command, options),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.end();
    },
  };
}

async function run(client: Client, command: string, { stdin }: RunOptions): Promise<CommandResult> {
  try {
    return await new Promise((resolve, reject) => {
      client.exec(command, (error, channel) => {
        if (error) return reject(error);
        // At once: the command's end may be in the packet that tells of its start.
        resolve(collect(channel));
        channel.end(stdin);
      });
    });
  } catch (error) {
    throw new SshError(
      `Running a command on the machine failed: ${(error as Error).message}. Look at the machine, then ` +
        "run `pulumi up` again.",
      { cause: error },
    );
  }
}

function collect(channel: ClientChannel): Promise<CommandResult> {
  let stdout = "";
  let stderr = "";
  let exitCode: number | undefined;
  channel.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  channel.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  channel.on("exit", (code: number | null) => {
    exitCode = code ?? undefined;
  });
  // A command that does not read its input to the end says how it went by its status.
  channel.on("error", () => {});
  return new Promise((resolve) => {
    channel.once("close", () => resolve({ stdout, stderr, exitCode }));
  });
}
