import type { Duplex } from "node:stream";
import ssh2, { type AnyAuthMethod, type Client, type ConnectConfig } from "ssh2";
import type { Operation } from "../../lib/operation.ts";
import type { Connection, Endpoint } from "../schemas.ts";
import { authenticationMethods } from "./authentication.ts";
import { dialWithRetry } from "./dial.ts";
import { type HostKey, hostKeyMismatch, parseHostKey } from "./host-key.ts";

/** An endpoint whose keys are read and whose agent answers. */
interface Target {
  readonly endpoint: Endpoint;
  readonly property: string;
  readonly methods: AnyAuthMethod[];
  readonly hostKey: HostKey | undefined;
}

/** Gives the client of a host that is logged in to, through its proxy if it has one; then closes. */
export async function withConnection<T>(
  connection: Connection,
  operation: Operation,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const target = await prepareTarget(connection, "connection");
  if (connection.proxy === undefined) {
    return withClient(() => dialDirectly("Dial", target, operation), operation, use);
  }
  const proxy = await prepareTarget(connection.proxy, "connection.proxy");
  return withClient(
    () => dialDirectly("Dial proxy", proxy, operation),
    operation,
    (proxyClient) => withClient(() => dialThrough(proxyClient, target, operation), operation, use),
  );
}

async function prepareTarget(endpoint: Endpoint, property: string): Promise<Target> {
  const methods = await authenticationMethods(endpoint, property);
  const hostKey =
    endpoint.hostKey === undefined
      ? undefined
      : parseHostKey(endpoint.hostKey, `${property}.hostKey`);
  return { endpoint, property, methods, hostKey };
}

async function withClient<T>(
  open: () => Promise<Client>,
  operation: Operation,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await open();
  const destroy = () => client.destroy();
  operation.signal.addEventListener("abort", destroy);
  try {
    return await use(client);
  } finally {
    operation.signal.removeEventListener("abort", destroy);
    client.end();
  }
}

function dialDirectly(what: string, target: Target, operation: Operation): Promise<Client> {
  const { endpoint } = target;
  return dialWithRetry(
    { what: `${what} ${address(endpoint)}`, limit: endpoint.dialErrorLimit },
    operation,
    () => openClient(target, operation, { host: endpoint.host, port: endpoint.port }),
  );
}

function dialThrough(proxy: Client, target: Target, operation: Operation): Promise<Client> {
  const { endpoint } = target;
  return dialWithRetry(
    { what: `Dial from proxy ${address(endpoint)}`, limit: endpoint.dialErrorLimit },
    operation,
    async () => openClient(target, operation, { sock: await forward(proxy, endpoint) }),
  );
}

function forward(proxy: Client, { host, port }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    proxy.forwardOut("127.0.0.1", 0, host, port, (error, stream) =>
      error ? reject(error) : resolve(stream),
    );
  });
}

function openClient(
  target: Target,
  operation: Operation,
  transport: Pick<ConnectConfig, "host" | "port" | "sock">,
): Promise<Client> {
  const { endpoint, hostKey, methods } = target;
  const client = new ssh2.Client();
  let refusal: Error | undefined;
  const isExpected = (presented: Buffer): boolean => {
    if (hostKey === undefined || hostKey.matches(presented)) return true;
    refusal = hostKeyMismatch(address(endpoint), presented, hostKey, `${target.property}.hostKey`);
    return false;
  };
  return new Promise((resolve, reject) => {
    const abort = () => fail(operation.signal.reason);
    const fail = (error: Error) => {
      operation.signal.removeEventListener("abort", abort);
      client.destroy();
      reject(refusal ?? error);
    };
    operation.signal.addEventListener("abort", abort);
    client.once("ready", () => {
      operation.signal.removeEventListener("abort", abort);
      resolve(client);
    });
    // Stays on after the handshake: a lost connection ends the channels, which report it.
    client.on("error", (error) => fail(describeFailure(error, target)));
    client.once("close", () => fail(new Error("the host closed the connection")));
    client.connect({
      ...transport,
      username: endpoint.user,
      readyTimeout: endpoint.perDialTimeout * 1000,
      authHandler: methods as NonNullable<ConnectConfig["authHandler"]>,
      hostVerifier: isExpected,
      ...(hostKey && { algorithms: { serverHostKey: hostKey.algorithms } }),
    });
  });
}

function describeFailure(error: Error & { level?: string }, target: Target): Error {
  if (error.level !== "client-authentication") return error;
  const tried = target.methods.map(({ type }) => type).filter((type) => type !== "none");
  const ways = tried.length === 0 ? "none" : tried.join(", ");
  return new Error(
    `the host refused to log in ${target.endpoint.user}; ways that ${target.property} gives: ${ways}`,
    { cause: error },
  );
}

function address({ user, host, port }: Endpoint): string {
  return `${user}@${host.includes(":") ? `[${host}]` : host}:${port}`;
}
