import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:net";
import ssh2 from "ssh2";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { connect } from "../../../src/ssh/connection.ts";
import type { SshError } from "../../../src/ssh/reasons.ts";
import type { SshEndpoint, SshTarget } from "../../../src/ssh/target.ts";
import {
  freePort,
  generateKeyPair,
  type KeyPair,
  type Sshd,
  startSshd,
} from "../../sandbox/plugins/command/sshd.ts";
import { startUserAgent } from "./user-agent.ts";

const seconds = 60;
let user: KeyPair;
let server: Sshd;
let bastion: Sshd;
beforeAll(async () => {
  user = await generateKeyPair();
  const authorizedKeys = [user.publicKey];
  [server, bastion] = await Promise.all([
    startSshd({ authorizedKeys }),
    startSshd({ authorizedKeys }),
  ]);
});
afterAll(() => Promise.all([server.stop(), bastion.stop()]));
afterEach(() => {
  vi.unstubAllEnvs();
});

function endpointOf({ host, port, hostKey }: Sshd): SshEndpoint {
  return { address: host, port, user: "root", hostPublicKey: hostKey.publicKey };
}

const target = (changes: Partial<SshTarget> = {}): SshTarget => ({
  ...endpointOf(server),
  privateKey: user.privateKey,
  ...changes,
});

async function run(to: SshTarget, command = "echo ok", stdin?: string) {
  await using machine = await connect(to, seconds);
  return await machine.run(command, { stdin });
}

function failure(to: SshTarget, timeoutSeconds = seconds): Promise<SshError> {
  return connect(to, timeoutSeconds).then(
    () => {
      throw new Error("it did not fail");
    },
    (error: SshError) => error,
  );
}

const ok = { stdout: "ok\n", stderr: "", exitCode: 0 };
const nameOf = ({ host, port }: Sshd) => `root@${host} port ${port}`;
const otherMachine = (pinned: string, offered: string) =>
  "another machine answers at this address. Its host key is not the pinned one, and nothing was " +
  `sent. Pinned: ${pinned}. Offered: ${offered}. If the machine was replaced on purpose, give the ` +
  "stack its new host key; otherwise find out who answers there.";
const advice =
  "Is the machine up, and may this computer reach its SSH port? Correct it, or wait longer with " +
  "connectTimeoutSeconds, and run `pulumi up` again: it carries on from here.";

test("a command runs on the machine that has the pinned key", async () => {
  expect(await run(target())).toEqual(ok);
  expect(await run(target(), "echo one; echo two >&2; exit 3")).toEqual({
    stdout: "one\n",
    stderr: "two\n",
    exitCode: 3,
  });
  expect((await run(target(), "kill -9 $$")).exitCode).toBeUndefined();
});

test("a server that goes away during the log-in ends it", async () => {
  const { publicKey, privateKey } = await generateKeyPair();
  const goingAway = new ssh2.Server({ hostKeys: [privateKey] });
  const listener = createServer((socket) => {
    goingAway.injectSocket(socket);
    goingAway.once("connection", (client) => client.on("authentication", () => socket.destroy()));
  });
  await once(listener.listen(0, "127.0.0.1"), "listening");
  const { port } = listener.address() as { port: number };
  const there = { address: "127.0.0.1", port, user: "root", hostPublicKey: publicKey };
  const { message, isFinal } = await failure({ ...there, privateKey: user.privateKey });
  expect([message, isFinal]).toEqual([
    `Connecting to root@127.0.0.1 port ${port} failed: the server closed the connection. ${advice}`,
    false,
  ]);
  listener.close();
});

test("several commands run side by side over one connection", async () => {
  const before = server.logins();
  await using machine = await connect(target(), seconds);
  const results = await Promise.all(["a", "b", "c"].map((word) => machine.run(`echo ${word}`)));
  expect(results.map(({ stdout }) => stdout)).toEqual(["a\n", "b\n", "c\n"]);
  expect(server.logins()).toBe(before + 1);
});

test("megabytes go in and out whole, whatever characters they are", async () => {
  const text = "zażółć 🙂\0\n".repeat(200_000);
  const { stdout, exitCode } = await run(target(), "cat", text);
  expect(exitCode).toBe(0);
  expect(stdout === text).toBe(true);
});

test("a command that does not read its input says how it went", async () => {
  expect((await run(target(), "exit 4", "x".repeat(5_000_000))).exitCode).toBe(4);
});

test.each(["ed25519", "rsa", "ecdsa"] as const)(
  "another machine with a key of type %s is refused before anything is sent",
  async (type) => {
    const { publicKey: hostPublicKey, fingerprint } = await generateKeyPair({ type });
    const before = server.log().length;
    const error = await failure(target({ hostPublicKey }));
    expect(error.message).toBe(
      `Connecting to ${nameOf(server)} failed: ${otherMachine(fingerprint, server.hostKey.fingerprint)}`,
    );
    expect(error.isFinal).toBe(true);
    // Not even a user's name: that comes with the first attempt to log in.
    expect(server.log().slice(before).join("\n")).not.toMatch(
      /Accepted|Failed|authenticating user/,
    );
  },
);

test.each(["rsa", "ecdsa"] as const)(
  "of a machine's several keys, the pinned one of type %s is asked for",
  async (type) => {
    const hostKeys = [await generateKeyPair(), await generateKeyPair({ type })];
    const own = await startSshd({ authorizedKeys: [user.publicKey], hostKeys });
    try {
      const hostPublicKey = hostKeys[1]?.publicKey ?? "";
      expect(await run({ ...target(), ...endpointOf(own), hostPublicKey })).toEqual(ok);
    } finally {
      await own.stop();
    }
  },
);

test("a key that the machine does not know is named as the reason", async () => {
  const { privateKey } = await generateKeyPair();
  expect((await failure(target({ privateKey }))).message).toBe(
    `Connecting to ${nameOf(server)} failed: the machine does not let the stack's SSH key in as root. ` +
      "Add its public key, the stack's output publicKey, to that user's authorized keys on the machine.",
  );
});

test("without a key of the stack's, those of the user's agent log in", async () => {
  await using agent = await startUserAgent(user.privateKey);
  vi.stubEnv("SSH_AUTH_SOCK", agent.socket);
  const bare = { ...target(), privateKey: undefined };
  expect(await run(bare)).toEqual(ok);
  expect(await run({ ...bare, proxyJump: endpointOf(bastion) })).toEqual(ok);

  await using empty = await startUserAgent();
  vi.stubEnv("SSH_AUTH_SOCK", empty.socket);
  expect((await failure(bare)).message).toBe(
    `Connecting to ${nameOf(server)} failed: no key of your ssh-agent is let in as root. Add the right ` +
      "one with ssh-add, or its public key to that user's authorized keys on the machine.",
  );

  await agent.kill();
  vi.stubEnv("SSH_AUTH_SOCK", agent.socket);
  expect((await failure(bare)).message).toMatch(
    `The ssh-agent at ${agent.socket} (from SSH_AUTH_SOCK) does not answer: `,
  );
  expect(await run(target())).toEqual(ok);

  vi.stubEnv("SSH_AUTH_SOCK", undefined);
  expect((await failure(bare)).message).toBe(
    "There is no ssh-agent: sshAgent is true, but SSH_AUTH_SOCK is not set. Start one with " +
      "`eval $(ssh-agent)` and `ssh-add KEYFILE`, or set sshAgent to false and privateKey to a key.",
  );
});

test("the way goes through a bastion, with the host keys of both pinned", async () => {
  const proxyJump = endpointOf(bastion);
  const before = bastion.logins();
  expect(await run(target({ proxyJump }))).toEqual(ok);
  expect(bastion.logins()).toBe(before + 1);

  const { publicKey: hostPublicKey, fingerprint } = await generateKeyPair();
  expect((await failure(target({ proxyJump, hostPublicKey }))).message).toBe(
    `Connecting to ${nameOf(server)} failed: ${otherMachine(fingerprint, server.hostKey.fingerprint)}`,
  );
  expect((await failure(target({ proxyJump: { ...proxyJump, hostPublicKey } }))).message).toBe(
    `Connecting to the bastion ${nameOf(bastion)} failed: ` +
      otherMachine(fingerprint, bastion.hostKey.fingerprint),
  );
});

test("a bastion that cannot reach the machine says so", async () => {
  const port = await freePort();
  expect((await failure(target({ proxyJump: endpointOf(bastion), port }))).message).toBe(
    `Connecting to root@127.0.0.1 port ${port} through its bastion failed: (SSH) Channel open failure: ` +
      `Connection refused. ${advice}`,
  );
});

test("nobody at the address is told with the address", async () => {
  const port = await freePort();
  const error = await failure(target({ port }));
  expect(error.message).toBe(
    `Connecting to root@127.0.0.1 port ${port} failed: connect ECONNREFUSED 127.0.0.1:${port}. ${advice}`,
  );
  expect(error.isFinal).toBe(false);
});

test("who takes the connection and says nothing is given up after the time", async () => {
  const silent: Server = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as { port: number };
  expect((await failure(target({ port }), 1)).message).toBe(
    `Connecting to root@127.0.0.1 port ${port} failed: Timed out while waiting for handshake. ${advice}`,
  );
  silent.close();
});

test("a connection that is lost ends the command that runs, without a status", async () => {
  const own = await startSshd({ authorizedKeys: [user.publicKey] });
  await using machine = await connect({ ...target(), ...endpointOf(own) }, seconds);
  const running = machine.run("touch /root/begun; exec sleep 600");
  await vi.waitUntil(() => existsSync(own.path("/root/begun")), { timeout: 60_000 });
  await own.stop();
  expect((await running).exitCode).toBeUndefined();
  await expect(machine.run("echo ok")).rejects.toThrow(
    "Running a command on the machine failed: Not connected",
  );
});
