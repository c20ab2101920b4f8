import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Properties } from "../../../../../sandbox/plugins/command/property-values.ts";
import * as provider from "../../../../../sandbox/plugins/command/provider.ts";
import { messageOf, type RecordedOperation, recordOperation } from "../operation.ts";
import { freePort, generateKeyPair, type KeyPair, type Sshd, startSshd } from "../sshd.ts";

const resource = { type: "command:remote:Command", name: "job" };
let user: KeyPair;
let server: Sshd;
let operation: RecordedOperation;

beforeAll(async () => {
  vi.stubEnv("SSH_AUTH_SOCK", undefined);
  user = await generateKeyPair();
  server = await startSshd({
    authorizedKeys: [user.publicKey],
    rootPassword: "hunter2",
    config: ["LoginGraceTime 5"],
  });
});
afterAll(async () => {
  await server.stop();
  vi.unstubAllEnvs();
});
beforeEach(() => {
  operation = recordOperation();
});

/** A connection to the server; a part that is null is left out, as the engine does. */
function connectionTo(
  { host, port }: { host: string; port: number },
  parts: Properties = {},
): Properties {
  return { host, port, privateKey: user.privateKey, dialErrorLimit: 0, ...parts };
}

async function run(connection: Properties, command = "echo ok"): Promise<unknown> {
  const { inputs, failures } = provider.check(resource, { connection, create: command });
  expect(failures).toEqual([]);
  return (await provider.create(resource, inputs, operation)).outputs.stdout;
}

describe("the host key", () => {
  it("is accepted when it is the one that is given", async () => {
    const hostKey = `${server.hostKey.publicKey} a comment\n`;
    expect(await run(connectionTo(server, { hostKey }))).toBe("ok");
  });

  it("is not looked at when none is given", async () => {
    expect(await run(connectionTo(server))).toBe("ok");
  });

  it("is refused when it is another one, with both named", async () => {
    const other = await generateKeyPair();
    const connection = connectionTo(server, { hostKey: other.publicKey });
    const logins = server.logins();
    expect(await messageOf(run(connection))).toBe(
      `Dial root@127.0.0.1:${server.port} failed after 1 attempt: host key mismatch: ` +
        `root@127.0.0.1:${server.port} presented ${server.hostKey.fingerprint} (ssh-ed25519), ` +
        `connection.hostKey is ${other.fingerprint} (ssh-ed25519). Another machine answers at ` +
        "this address, or its host key was changed: refusing to connect.",
    );
    expect(server.logins()).toBe(logins);
  });

  it.each(["rsa", "ecdsa"] as const)(
    "is refused, with both named, when the one given is of another kind: %s",
    async (type) => {
      const other = await generateKeyPair({ type });
      const message = await messageOf(run(connectionTo(server, { hostKey: other.publicKey })));
      expect(message).toContain(`presented ${server.hostKey.fingerprint} (ssh-ed25519)`);
      expect(message).toContain(`connection.hostKey is ${other.fingerprint} (`);
    },
  );

  it("is asked for in the kind that is given, of a host that has several", async () => {
    const hostKeys = await Promise.all(
      (["ed25519", "ecdsa", "rsa"] as const).map((type) => generateKeyPair({ type })),
    );
    const several = await startSshd({ hostKeys, authorizedKeys: [user.publicKey] });
    try {
      for (const { publicKey } of hostKeys) {
        expect(await run(connectionTo(several, { hostKey: publicKey }))).toBe("ok");
      }
    } finally {
      await several.stop();
    }
  });

  it("has to be a public key", async () => {
    const expected =
      'connection.hostKey is not a public key. Give it as in authorized_keys: "ssh-ed25519 AAAA..."';
    for (const hostKey of ["SHA256:abc", server.hostKey.privateKey, ""]) {
      expect(await messageOf(run(connectionTo(server, { hostKey })))).toBe(expected);
    }
  });
});

describe("logging in", () => {
  it("goes by password", async () => {
    expect(await run(connectionTo(server, { privateKey: null, password: "hunter2" }))).toBe("ok");
  });

  it("goes by password where the private key is refused", async () => {
    const { privateKey } = await generateKeyPair();
    expect(await run(connectionTo(server, { privateKey, password: "hunter2" }))).toBe("ok");
  });

  it("goes by keyboard-interactive where the host asks so", async () => {
    const asking = await startSshd({
      rootPassword: "hunter2",
      config: ["UsePAM yes", "PasswordAuthentication no", "KbdInteractiveAuthentication yes"],
    });
    try {
      const connection = connectionTo(asking, { privateKey: null, password: "hunter2" });
      expect(await run(connection)).toBe("ok");
      expect(asking.log().filter((line) => line.includes("keyboard-interactive/pam")).length).toBe(
        1,
      );
    } finally {
      await asking.stop();
    }
  });

  it("reads a private key that a password protects", async () => {
    const password = "correct horse";
    const key = await generateKeyPair({ password });
    const own = await startSshd({ authorizedKeys: [key.publicKey] });
    try {
      const parts = { privateKey: key.privateKey, privateKeyPassword: password };
      expect(await run(connectionTo(own, parts))).toBe("ok");
      expect(await messageOf(run(connectionTo(own, { privateKey: key.privateKey })))).toBe(
        "connection.privateKey cannot be read: Encrypted private OpenSSH key detected, but no " +
          "passphrase given",
      );
    } finally {
      await own.stop();
    }
  });

  it("refuses a password for a private key that has none", async () => {
    expect(await messageOf(run(connectionTo(server, { privateKeyPassword: "x" })))).toBe(
      "connection.privateKeyPassword is given, but connection.privateKey is not protected by a " +
        "password. Leave privateKeyPassword out.",
    );
  });

  it("is refused with the ways that were tried, and with no secret", async () => {
    const connection = connectionTo(server, { privateKey: null, password: "wrong horse" });
    expect(await messageOf(run(connection))).toBe(
      `Dial root@127.0.0.1:${server.port} failed after 1 attempt: the host refused to log in ` +
        "root; ways that connection gives: password, keyboard-interactive",
    );
  });
});

describe("an SSH agent", () => {
  let agent: { socket: string; stop: () => Promise<void> };
  beforeAll(async () => {
    agent = await startAgent(user.privateKey);
  });
  afterAll(() => agent.stop());

  it("gives its keys by agentSocketPath", async () => {
    const parts = { privateKey: null, agentSocketPath: agent.socket };
    expect(await run(connectionTo(server, parts))).toBe("ok");
  });

  it("gives its keys by SSH_AUTH_SOCK", async () => {
    vi.stubEnv("SSH_AUTH_SOCK", agent.socket);
    try {
      expect(await run(connectionTo(server, { privateKey: null }))).toBe("ok");
    } finally {
      vi.stubEnv("SSH_AUTH_SOCK", undefined);
    }
  });

  it("is not asked where there is a private key", async () => {
    const { privateKey } = await generateKeyPair();
    const parts = { privateKey, agentSocketPath: agent.socket };
    expect(await messageOf(run(connectionTo(server, parts)))).toBe(
      `Dial root@127.0.0.1:${server.port} failed after 1 attempt: the host refused to log in ` +
        "root; ways that connection gives: publickey",
    );
  });

  it("that is dead is an error, even with a private key that would do", async () => {
    vi.stubEnv("SSH_AUTH_SOCK", "/no/such/agent");
    try {
      expect(await messageOf(run(connectionTo(server)))).toBe(
        "no SSH agent answers at /no/such/agent (from SSH_AUTH_SOCK): connect ENOENT " +
          "/no/such/agent. Start one, or unset SSH_AUTH_SOCK.",
      );
    } finally {
      vi.stubEnv("SSH_AUTH_SOCK", undefined);
    }
  });
});

describe("dialling", () => {
  it("tries once more than the limit, and shows each try", async () => {
    const closed = { host: "127.0.0.1", port: await freePort() };
    const refused = `connect ECONNREFUSED 127.0.0.1:${closed.port}`;
    const dial = `Dial root@127.0.0.1:${closed.port}`;
    expect(await messageOf(run(connectionTo(closed, { dialErrorLimit: 2 })))).toBe(
      `${dial} failed after 3 attempts: ${refused}`,
    );
    expect(operation.lines).toEqual([
      `status info: ${dial} 1/2 failed: retrying (${refused})`,
      `status info: ${dial} 2/2 failed: retrying (${refused})`,
    ]);
  });

  it("goes on without a limit until the host is there", async () => {
    const port = await freePort();
    const running = run(connectionTo({ host: "127.0.0.1", port }, { dialErrorLimit: -1 }));
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
    const running = messageOf(run(connectionTo(closed, { dialErrorLimit: -1 })));
    await operation.firstMessage;
    operation.cancel();
    expect(await running).toBe("cancelled");
  });

  it("gives up on a host that says nothing after perDialTimeout", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    try {
      const { port } = silent.address() as { port: number };
      const connection = connectionTo({ host: "127.0.0.1", port }, { perDialTimeout: 1 });
      expect(await messageOf(run(connection))).toBe(
        `Dial root@127.0.0.1:${port} failed after 1 attempt: Timed out while waiting for handshake`,
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
    expect(await run(connection, "echo $SSH_CLIENT | cut -d ' ' -f 1")).toBe("127.0.0.1");
    expect(proxy.logins()).toBe(1);
  });

  it("with another key is refused", async () => {
    const hostKey = server.hostKey.publicKey;
    const connection = connectionTo(server, { hostKey, proxy: connectionTo(proxy, { hostKey }) });
    expect(await messageOf(run(connection))).toContain(
      `connection.proxy.hostKey is ${server.hostKey.fingerprint}`,
    );
  });

  it("does not vouch for the host behind it", async () => {
    const hostKey = proxy.hostKey.publicKey;
    const connection = connectionTo(server, { hostKey, proxy: connectionTo(proxy, { hostKey }) });
    expect(await messageOf(run(connection))).toContain(
      `connection.hostKey is ${proxy.hostKey.fingerprint}`,
    );
  });

  it("that cannot reach the host is named", async () => {
    const port = await freePort();
    const connection = connectionTo({ host: "127.0.0.1", port }, { proxy: connectionTo(proxy) });
    expect(await messageOf(run(connection))).toBe(
      `Dial from proxy root@127.0.0.1:${port} failed after 1 attempt: (SSH) Channel open failure: ` +
        "Connection refused",
    );
  });
});

async function startAgent(privateKey: string) {
  const folder = await mkdtemp(join(tmpdir(), "agent-"));
  const socket = join(folder, "socket");
  const { stdout } = await execa("ssh-agent", ["-s", "-a", socket]);
  const env = { SSH_AUTH_SOCK: socket };
  await execa("ssh-add", ["-q", "-"], { env, input: privateKey });
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1]);
  return {
    socket,
    async stop() {
      process.kill(pid);
      await rm(folder, { recursive: true });
    },
  };
}
