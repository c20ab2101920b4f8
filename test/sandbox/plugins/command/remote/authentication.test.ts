import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { messageOf } from "../operation.ts";
import { startProvider } from "../provider.ts";
import { generateKeyPair, startSshd } from "../sshd.ts";
import { Dialling, run } from "./dialling.ts";

const at = new Dialling({ rootPassword: "hunter2" });

describe("logging in", () => {
  it("goes by password", async () => {
    expect(await at.connect({ privateKey: null, password: "hunter2" })).toBe("ok");
  });

  it("goes by password where the private key is refused", async () => {
    const { privateKey } = await generateKeyPair();
    expect(await at.connect({ privateKey, password: "hunter2" })).toBe("ok");
  });

  it("goes by keyboard-interactive where the host asks so", async () => {
    const asking = await startSshd({
      rootPassword: "hunter2",
      config: ["UsePAM yes", "PasswordAuthentication no", "KbdInteractiveAuthentication yes"],
    });
    try {
      expect(await at.connect({ privateKey: null, password: "hunter2" }, asking)).toBe("ok");
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
      expect(await at.connect(parts, own)).toBe("ok");
      expect(await messageOf(at.connect({ privateKey: key.privateKey }, own))).toBe(
        "connection.privateKey cannot be read: ssh: this private key is passphrase protected",
      );
    } finally {
      await own.stop();
    }
  });

  it("refuses a password for a private key that has none", async () => {
    expect(await messageOf(at.connect({ privateKeyPassword: "x" }))).toBe(
      "connection.privateKeyPassword is given, but connection.privateKey is not protected by a " +
        "password. Leave privateKeyPassword out.",
    );
  });

  it("is refused with the ways that were tried, and with no secret", async () => {
    expect(await messageOf(at.connect({ privateKey: null, password: "wrong horse" }))).toBe(
      `Dial root@127.0.0.1:${at.server.port} failed after 1 attempt: ssh: handshake failed: ssh: ` +
        "unexpected message type 51 (expected 60)",
    );
  });
});

describe("an SSH agent", () => {
  let agent: { socket: string; stop: () => Promise<void> };
  beforeAll(async () => {
    agent = await startAgent(at.user.privateKey);
  });
  afterAll(() => agent.stop());

  it("gives its keys by agentSocketPath", async () => {
    const parts = { privateKey: null, agentSocketPath: agent.socket };
    expect(await at.connect(parts)).toBe("ok");
  });

  it("gives its keys by SSH_AUTH_SOCK", async () => {
    const own = await startProvider({ SSH_AUTH_SOCK: agent.socket });
    expect(await run(own, at.connectionTo(at.server, { privateKey: null }))).toBe("ok");
    await own.stop();
  });

  it("is not asked where there is a private key", async () => {
    const { privateKey } = await generateKeyPair();
    const parts = { privateKey, agentSocketPath: agent.socket };
    expect(await messageOf(at.connect(parts))).toBe(
      `Dial root@127.0.0.1:${at.server.port} failed after 1 attempt: ssh: handshake failed: ssh: ` +
        "unable to authenticate, attempted methods [none publickey], no supported methods remain",
    );
  });

  it("that is dead is an error, even with a private key that would do", async () => {
    const own = await startProvider({ SSH_AUTH_SOCK: "/no/such/agent" });
    expect(await messageOf(run(own, at.connectionTo(at.server)))).toBe(
      "no SSH agent answers at /no/such/agent (from SSH_AUTH_SOCK): dial unix /no/such/agent: " +
        "connect: no such file or directory. Start one, or unset SSH_AUTH_SOCK.",
    );
    await own.stop();
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
