import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Properties } from "../../../../../sandbox/plugins/lib/property-values.ts";
import { messageOf } from "../operation.ts";
import { type CommandProvider, type Operation, startProvider } from "../provider.ts";
import { freePort, generateKeyPair, type KeyPair, type Sshd, startSshd } from "../sshd.ts";
import { run } from "./connect.ts";

let user: KeyPair;
let server: Sshd;
let provider: CommandProvider;
let operation: Operation;

beforeAll(async () => {
  provider = await startProvider();
  user = await generateKeyPair();
  server = await startSshd({ authorizedKeys: [user.publicKey] });
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});
beforeEach(() => {
  operation = provider.record();
});

/** One dial with the user's key; a part that is null is left out, as the engine does. */
function connectionTo(
  { host, port }: { host: string; port: number },
  parts: Properties = {},
): Properties {
  return { host, port, privateKey: user.privateKey, dialErrorLimit: 0, ...parts };
}

const connect = (parts: Properties = {}, to: { host: string; port: number } = server) =>
  run(provider, connectionTo(to, parts), operation);

describe("dialling", () => {
  it("tries once more than the limit, and shows each try", async () => {
    const closed = { host: "127.0.0.1", port: await freePort() };
    const refused = `dial tcp 127.0.0.1:${closed.port}: connect: connection refused`;
    const dial = `Dial root@127.0.0.1:${closed.port}`;
    expect(await messageOf(connect({ dialErrorLimit: 2 }, closed))).toBe(
      `${dial} failed after 3 attempts: ${refused}`,
    );
    expect(operation.lines).toEqual([
      `status info: ${dial} 1/2 failed: retrying (${refused})`,
      `status info: ${dial} 2/2 failed: retrying (${refused})`,
    ]);
  });

  it("goes on without a limit until the host is there", async () => {
    const port = await freePort();
    const running = connect({ dialErrorLimit: -1 }, { host: "127.0.0.1", port });
    await operation.firstMessage;
    const late = await startSshd({ port, authorizedKeys: [user.publicKey] });
    try {
      expect(await running).toBe("ok");
    } finally {
      await late.stop();
    }
  });

  it("ends with the deployment", async () => {
    const closed = { host: "127.0.0.1", port: await freePort() };
    const own = await startProvider();
    const started = own.record();
    const running = messageOf(run(own, connectionTo(closed, { dialErrorLimit: -1 }), started));
    await started.firstMessage;
    await own.cancel();
    expect(await running).toBe("cancelled");
    await own.stop();
  });

  it("gives up on a host that says nothing after perDialTimeout", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    try {
      const { port } = silent.address() as { port: number };
      const connection = connectionTo({ host: "127.0.0.1", port }, { perDialTimeout: 1 });
      expect(await messageOf(run(provider, connection, operation))).toBe(
        `Dial root@127.0.0.1:${port} failed after 1 attempt: the host did not let in within 1 s`,
      );
    } finally {
      silent.close();
    }
  });
});

describe("a proxy", () => {
  let proxy: Sshd;
  beforeAll(async () => {
    proxy = await startSshd({ authorizedKeys: [user.publicKey] });
  });
  afterAll(() => proxy.stop());

  it("stands between, and each host proves its own key", async () => {
    const connection = connectionTo(server, {
      hostKey: server.hostKey.publicKey,
      proxy: connectionTo(proxy, { hostKey: proxy.hostKey.publicKey }),
    });
    expect(await run(provider, connection, operation, "echo $SSH_CLIENT | cut -d ' ' -f 1")).toBe(
      "127.0.0.1",
    );
    expect(proxy.logins()).toBe(1);
  });

  it("with another key is refused", async () => {
    const hostKey = server.hostKey.publicKey;
    const connection = connectionTo(server, { hostKey, proxy: connectionTo(proxy, { hostKey }) });
    expect(await messageOf(run(provider, connection, operation))).toContain(
      `connection.proxy.hostKey is ${server.hostKey.fingerprint}`,
    );
  });

  it("does not vouch for the host behind it", async () => {
    const hostKey = proxy.hostKey.publicKey;
    const connection = connectionTo(server, { hostKey, proxy: connectionTo(proxy, { hostKey }) });
    expect(await messageOf(run(provider, connection, operation))).toContain(
      `connection.hostKey is ${proxy.hostKey.fingerprint}`,
    );
  });

  it("that cannot reach the host is named", async () => {
    const port = await freePort();
    const connection = connectionTo({ host: "127.0.0.1", port }, { proxy: connectionTo(proxy) });
    expect(await messageOf(run(provider, connection, operation))).toBe(
      `Dial from proxy root@127.0.0.1:${port} failed after 1 attempt: ssh: rejected: connect ` +
        'failed ("Connection refused")',
    );
  });
});
