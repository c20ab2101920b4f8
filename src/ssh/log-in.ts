import type { Duplex } from "node:stream";
import ssh2, { type Client, type ConnectConfig } from "ssh2";
import { userAgent } from "./agent.ts";
import { fingerprint } from "./fingerprint.ts";
import { blobOf, hostKeyAlgorithms } from "./host-key.ts";
import { anotherMachine, keyRefused, nameOf, noAnswer, SshError } from "./reasons.ts";
import type { SshEndpoint, SshTarget } from "./target.ts";

type Keys = Pick<SshTarget, "privateKey" | "keyFile" | "agentSocket">;
interface Way {
  /** Of messages: which of the two it is. */
  readonly isBastion?: boolean;
  /** Instead of a connection of its own. */
  readonly sock?: Duplex;
}

/**
 * A client that has logged in to the endpoint, and that keeps an eye on the connection.
 *
 * @param deadline as of `performance.now()`, which goes on evenly when the computer's clock is set.
 * @throws {SshError}
 */
export async function logIn(
  endpoint: SshEndpoint,
  keys: Keys,
  deadline: number,
  { isBastion = false, sock }: Way = {},
): Promise<Client> {
  const client = new ssh2.Client();
  // A connection that is lost later ends what runs over it, which says so.
  client.on("error", () => {});
  let offered: string | undefined;
  const hostVerifier = (presented: Buffer): boolean => {
    const isPinned = presented.equals(blobOf(endpoint.hostPublicKey));
    if (!isPinned) offered = fingerprint(`key ${presented.toString("base64")}`);
    return isPinned;
  };
  const { privateKey, agentSocket } = keys;
  client.connect({
    ...(sock ? { sock } : { host: endpoint.address, port: endpoint.port }),
    username: endpoint.user,
    readyTimeout: remaining(deadline),
    keepaliveInterval: 10_000,
    keepaliveCountMax: 3,
    hostVerifier,
    algorithms: { serverHostKey: hostKeyAlgorithms(endpoint.hostPublicKey) },
    ...(privateKey === undefined ? { agent: agentSocket ?? userAgent() } : { privateKey }),
  } satisfies ConnectConfig);
  try {
    await ready(client);
  } catch (error) {
    client.destroy();
    const what = isBastion ? `the bastion ${nameOf(endpoint)}` : nameOf(endpoint);
    throw offered === undefined
      ? explain(what, endpoint, keys, error as Failure)
      : new SshError(`Connecting to ${what} failed: ${anotherMachine(endpoint, offered)}`, {
          isFinal: true,
        });
  }
  return client;
}

/**
 * The same through a bastion.
 *
 * @throws {SshError}
 */
export async function logInThrough(
  bastion: Client,
  target: SshTarget,
  deadline: number,
): Promise<Client> {
  const sock = await forward(bastion, target, deadline);
  return logIn(target, target, deadline, { sock });
}

/** A server that goes away between the exchange of keys and the log-in's end is no error to the library. */
function ready(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once("ready", resolve).once("error", reject);
    client.once("close", () => reject(new Error("the server closed the connection")));
  });
}

type Failure = Error & { readonly level?: string };

function explain(what: string, endpoint: SshEndpoint, keys: Keys, error: Failure): SshError {
  if (error.level === "client-authentication") {
    return new SshError(`Connecting to ${what} failed: ${keyRefused(endpoint, keys)}`, {
      isFinal: true,
    });
  }
  if (error.level === "agent" && keys.agentSocket !== undefined) {
    return new SshError(
      `The program's own ssh-agent at ${keys.agentSocket} does not answer: ${error.message}. Run ` +
        "`pulumi up` again.",
      { isFinal: true, cause: error },
    );
  }
  if (error.level === "agent") {
    return new SshError(
      `The ssh-agent at ${process.env.SSH_AUTH_SOCK} (from SSH_AUTH_SOCK) does not answer: ` +
        `${error.message}. Start one with \`eval $(ssh-agent)\` and \`ssh-add KEYFILE\`.`,
      { isFinal: true, cause: error },
    );
  }
  return new SshError(`Connecting to ${what} failed: ${noAnswer(error.message)}`, { cause: error });
}

function forward(bastion: Client, target: SshTarget, deadline: number): Promise<Duplex> {
  const { address, port } = target;
  return new Promise((resolve, reject) => {
    const fail = (words: string, cause?: Error) =>
      reject(
        new SshError(
          `Connecting to ${nameOf(target)} through its bastion failed: ${noAnswer(words)}`,
          { cause },
        ),
      );
    const timer = setTimeout(() => fail("timed out"), remaining(deadline));
    bastion.forwardOut("127.0.0.1", 0, address, port, (error, stream) => {
      clearTimeout(timer);
      if (error) fail(error.message, error);
      else resolve(stream);
    });
  });
}

/** ssh2 takes 0 for no limit. */
function remaining(deadline: number): number {
  return Math.max(1, deadline - performance.now());
}
