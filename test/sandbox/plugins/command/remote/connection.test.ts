import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { messageOf } from "../operation.ts";
import { startProvider } from "../provider.ts";
import { freePort, type Sshd, startSshd } from "../sshd.ts";
import { Dialling, run } from "./dialling.ts";

const at = new Dialling();

describe("dialling", () => {
  it("tries once more than the limit, and shows each try", async () => {
    const closed = { host: "127.0.0.1", port: await freePort() };
    const refused = `dial tcp 127.0.0.1:${closed.port}: connect: connection refused`;
    const dial = `Dial root@127.0.0.1:${closed.port}`;
    expect(await messageOf(at.connect({ dialErrorLimit: 2 }, closed))).toBe(
      `${dial} failed after 3 attempts: ${refused}`,
    );
    expect(at.operation.lines).toEqual([
      `status info: ${dial} 1/2 failed: retrying (${refused})`,
      `status info: ${dial} 2/2 failed: retrying (${refused})`,
    ]);
  });

  it("goes on without a limit until the host is there", async () => {
    const port = await freePort();
    const running = at.connect({ dialErrorLimit: -1 }, { host: "127.0.0.1", port });
    await at.operation.firstMessage;
    const late = await startSshd({ port, authorizedKeys: [at.user.publicKey] });
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
    const running = messageOf(run(own, at.connectionTo(closed, { dialErrorLimit: -1 }), started));
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
      expect(await messageOf(at.connect({ perDialTimeout: 1 }, { host: "127.0.0.1", port }))).toBe(
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
    proxy = await startSshd({ authorizedKeys: [at.user.publicKey] });
  });
  afterAll(() => proxy.stop());

  it("stands between, and each host proves its own key", async () => {
    expect(
      await at.connect(
        {
          hostKey: at.server.hostKey.publicKey,
          proxy: at.connectionTo(proxy, { hostKey: proxy.hostKey.publicKey }),
        },
        at.server,
        "echo $SSH_CLIENT | cut -d ' ' -f 1",
      ),
    ).toBe("127.0.0.1");
    expect(proxy.logins()).toBe(1);
  });

  it("with another key is refused", async () => {
    const hostKey = at.server.hostKey.publicKey;
    expect(
      await messageOf(at.connect({ hostKey, proxy: at.connectionTo(proxy, { hostKey }) })),
    ).toContain(`connection.proxy.hostKey is ${at.server.hostKey.fingerprint}`);
  });

  it("does not vouch for the host behind it", async () => {
    const hostKey = proxy.hostKey.publicKey;
    expect(
      await messageOf(at.connect({ hostKey, proxy: at.connectionTo(proxy, { hostKey }) })),
    ).toContain(`connection.hostKey is ${proxy.hostKey.fingerprint}`);
  });

  it("that cannot reach the host is named", async () => {
    const port = await freePort();
    expect(
      await messageOf(at.connect({ proxy: at.connectionTo(proxy) }, { host: "127.0.0.1", port })),
    ).toBe(
      `Dial from proxy root@127.0.0.1:${port} failed after 1 attempt: ssh: rejected: connect ` +
        'failed ("Connection refused")',
    );
  });
});
