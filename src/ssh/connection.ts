import { once } from "node:events";
import type { Duplex } from "node:stream";
import ssh2, { type Client, type ConnectConfig } from "ssh2";
import { fingerprint } from "./fingerprint.ts";
import { blobOf, hostKeyAlgorithms } from "./host-key.ts";
import type { SshEndpoint, SshTarget } from "./target.ts";

/** A message for the user: why a machine could not be reached or is not the right one. */
export class SshError extends Error {
  override name = "SshError";
}

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
  /** Runs a command line in the user's login shell. */
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
  const { proxyJump } = target;
  if (!proxyJump) return connectionOf([await logIn(target, target, timeoutSeconds)]);
  const bastion = await logIn(proxyJump, target, timeoutSeconds);
  try {
    const sock = await forward(bastion, target);
    return connectionOf([await logIn(target, target, timeoutSeconds, sock), bastion]);
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

async function logIn(
  endpoint: SshEndpoint,
  keys: Pick<SshTarget, "privateKey" | "agentSocket">,
  timeoutSeconds: number,
  sock?: Duplex,
): Promise<Client> {
  const client = new ssh2.Client();
  let otherKey: string | undefined;
  const hostVerifier = (presented: Buffer): boolean => {
    const isPinned = presented.equals(blobOf(endpoint.hostPublicKey));
    if (!isPinned) otherKey = fingerprint(`key ${presented.toString("base64")}`);
    return isPinned;
  };
  client.connect({
    ...(sock ? { sock } : { host: endpoint.address, port: endpoint.port }),
    username: endpoint.user,
    readyTimeout: timeoutSeconds * 1000,
    keepaliveInterval: 10_000,
    keepaliveCountMax: 3,
    hostVerifier,
    algorithms: { serverHostKey: hostKeyAlgorithms(endpoint.hostPublicKey) },
    ...(keys.privateKey !== undefined && { privateKey: keys.privateKey }),
    ...(keys.agentSocket !== undefined && { agent: keys.agentSocket }),
  } satisfies ConnectConfig);
  try {
    await once(client, "ready");
  } catch (error) {
    client.destroy();
    throw explain(endpoint, error as Error & { level?: string }, otherKey);
  }
  // A connection that is lost later ends what runs over it, which says so.
  client.on("error", () => {});
  return client;
}

function explain(
  { address, port, user, hostPublicKey }: SshEndpoint,
  error: Error & { level?: string },
  otherKey: string | undefined,
): SshError {
  const where = `${user}@${address} port ${port}`;
  if (otherKey !== undefined) {
    return new SshError(
      `Another machine answers at ${where}: its host key is not the pinned one, and nothing was sent. ` +
        `Pinned: ${fingerprint(hostPublicKey)}. Offered: ${otherKey}. If the machine was replaced on ` +
        "purpose, give the stack its new host key; otherwise find out who answers there.",
    );
  }
  if (error.level === "client-authentication") {
    return new SshError(
      `${where} does not let the stack's SSH key in. Add its public key, the stack's output ` +
        "publicKey, to that user's authorized keys on the machine.",
    );
  }
  return new SshError(`No SSH connection to ${where}: ${error.message}.`, { cause: error });
}

function forward(bastion: Client, { address, port }: SshEndpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    bastion.forwardOut("127.0.0.1", 0, address, port, (error, stream) =>
      error
        ? reject(
            new SshError(`The bastion cannot reach ${address} port ${port}: ${error.message}.`, {
              cause: error,
            }),
          )
        : resolve(stream),
    );
  });
}

function run(client: Client, command: string, { stdin }: RunOptions): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
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
      channel.once("close", () => resolve({ stdout, stderr, exitCode }));
      // A command that does not read its input to the end says how it went by its status.
      channel.on("error", () => {});
      channel.end(stdin);
    });
  });
}
