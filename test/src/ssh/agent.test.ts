import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import ssh2 from "ssh2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveAgent } from "../../../src/ssh/agent.ts";
import { generateKeyPair } from "../../sandbox/plugins/command/sshd.ts";
import { startUserAgent } from "./user-agent.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "served-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What is no key leaves the agent without one. */
const keyless = { privateKey: Promise.resolve("") };

/** What OpenSSH's own client hears from an agent. */
async function keysOf(socket: string) {
  const { stdout } = await execa("ssh-add", ["-L"], {
    env: { SSH_AUTH_SOCK: socket },
    reject: false,
  });
  return stdout;
}

/** Has an agent sign with a key, as OpenSSH's own client asks for it. */
async function signWith(socket: string, publicKey: string) {
  await writeFile(join(folder, "key.pub"), publicKey);
  await writeFile(join(folder, "text"), "signed by the agent");
  return execa("ssh-keygen", ["-Y", "sign", "-n", "test", "-f", "key.pub", "text"], {
    cwd: folder,
    env: { SSH_AUTH_SOCK: socket },
    reject: false,
  });
}

/** Whether somebody who knows the public key takes the signature for its owner's. */
async function isSignedBy(publicKey: string): Promise<boolean> {
  await writeFile(join(folder, "allowed"), `somebody ${publicKey}\n`);
  const names = ["-f", "allowed", "-I", "somebody", "-n", "test", "-s", "text.sig"];
  const { exitCode } = await execa("ssh-keygen", ["-Y", "verify", ...names], {
    cwd: folder,
    input: "signed by the agent",
    reject: false,
  });
  await rm(join(folder, "text.sig"));
  return exitCode === 0;
}

test.each([
  ["Ed25519", ["-t", "ed25519"]],
  ["RSA", ["-t", "rsa", "-b", "2048"]],
  ["ECDSA P-256", ["-t", "ecdsa", "-b", "256"]],
  ["ECDSA P-521", ["-t", "ecdsa", "-b", "521"]],
])("an agent with an %s key has that one, and signs with it only", async (name, type) => {
  const own = join(folder, `own-${name}`);
  await execa("ssh-keygen", ["-q", "-N", "", "-C", "", ...type, "-f", own]);
  const publicKey = (await readFile(`${own}.pub`, "utf8")).trim();
  const path = join(folder, `deep/er/${name}`);
  await serveAgent(path, { privateKey: readFile(own, "utf8") });
  expect((await keysOf(path)).trim()).toBe(publicKey);
  expect(await signWith(path, publicKey)).toMatchObject({ exitCode: 0 });
  expect(await isSignedBy(publicKey)).toBe(true);
  // OpenSSH's client does not even ask for this.
  const another = (await generateKeyPair()).publicKey;
  const refused = new Promise((resolve) => {
    ssh2.createAgent(path).sign(another, Buffer.from("text"), {}, resolve);
  });
  expect(await refused).toEqual(new Error("Agent responded with failure"));
});

test("an agent whose key is to come answers once it has come", async () => {
  const { privateKey, publicKey } = await generateKeyPair();
  const path = join(folder, "waiting");
  const coming = Promise.withResolvers<string>();
  await serveAgent(path, { privateKey: coming.promise });
  const asked = keysOf(path);
  coming.resolve(privateKey);
  expect(await asked).toContain(publicKey);
});

test("it passes on to the user's agent, which may sign", async () => {
  const key = await generateKeyPair();
  await using agent = await startUserAgent(key.privateKey);
  const path = join(folder, "passing-on");
  await serveAgent(path, { passOnTo: agent.socket });
  expect((await keysOf(path)).trim()).toContain(key.publicKey);
  expect(await signWith(path, key.publicKey)).toMatchObject({ exitCode: 0 });
  expect(await isSignedBy(key.publicKey)).toBe(true);

  await agent.kill();
  expect(await keysOf(path)).toBe("");
});

test("a socket that a killed run left is replaced", async () => {
  const path = join(folder, "stale");
  await using run = await serveElsewhere(path);
  await run.kill();
  expect(existsSync(path)).toBe(true);
  await serveAgent(path, keyless);
  expect(await keysOf(path)).toBe("The agent has no identities.");
});

test("a process ends although a client is connected, and takes the socket along", async () => {
  const path = join(folder, "ending");
  await using run = await serveElsewhere(path);
  const client = connect(path);
  await once(client, "connect");
  await run.end();
  expect(existsSync(path)).toBe(false);
  client.destroy();
});

test("the socket of another run that took the path over stays", async () => {
  const path = join(folder, "taken-over");
  await using run = await serveElsewhere(path);
  await serveAgent(path, keyless);
  await run.end();
  expect(await keysOf(path)).toBe("The agent has no identities.");
});

test("a place where no socket can be is an error that names it", async () => {
  await writeFile(join(folder, "file"), "");
  await expect(serveAgent(join(folder, "file/agent"), keyless)).rejects.toThrow(
    `Making the socket ${folder}/file/agent in ${process.cwd()} failed: `,
  );
});

/** A process of its own that serves an agent, and has nothing else to do. */
async function serveElsewhere(path: string) {
  const script = `(async () => {
    const { serveAgent } = require(${JSON.stringify(join(process.cwd(), "src/ssh/agent.ts"))});
    await serveAgent(${JSON.stringify(path)}, { privateKey: Promise.resolve("") });
    process.stdout.write("serving");
    process.stdin.resume();
  })()`;
  const run = execa(process.execPath, ["--eval", script], { reject: false, timeout: 60_000 });
  await once(run.stdout, "data");
  const kill = async () => {
    run.kill("SIGKILL");
    await run;
  };
  return {
    kill,
    /** By having nothing to wait for any more. */
    async end() {
      run.stdin.end();
      expect(await run).toMatchObject({ exitCode: 0 });
    },
    [Symbol.asyncDispose]: kill,
  };
}
