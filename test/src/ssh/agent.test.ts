import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveAgent } from "../../../src/ssh/agent.ts";
import { generateKeyPair } from "../../sandbox/plugins/command/sshd.ts";
import { startUserAgent } from "./user-agent.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "served-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What OpenSSH's own client hears from an agent. */
async function keysOf(socket: string) {
  const { stdout } = await execa("ssh-add", ["-L"], {
    env: { SSH_AUTH_SOCK: socket },
    reject: false,
  });
  return stdout;
}

test("the program's own agent has no keys", async () => {
  const path = join(folder, "deep/er/agent");
  await serveAgent(path);
  expect(await keysOf(path)).toBe("The agent has no identities.");
  expect(await keysOf(path)).toBe("The agent has no identities.");
});

test("it passes on to the user's agent, which may sign", async () => {
  const key = await generateKeyPair();
  await using agent = await startUserAgent(key.privateKey);
  const path = join(folder, "passing-on");
  await serveAgent(path, agent.socket);
  expect((await keysOf(path)).trim()).toContain(key.publicKey);

  await writeFile(join(folder, "key.pub"), key.publicKey);
  await writeFile(join(folder, "text"), "signed by the agent");
  await execa("ssh-keygen", ["-Y", "sign", "-n", "test", "-f", "key.pub", "text"], {
    cwd: folder,
    env: { SSH_AUTH_SOCK: path },
  });
  expect(existsSync(join(folder, "text.sig"))).toBe(true);

  await agent.kill();
  expect(await keysOf(path)).toBe("");
});

test("a socket that a killed run left is replaced", async () => {
  const path = join(folder, "stale");
  await using run = await serveElsewhere(path);
  await run.kill();
  expect(existsSync(path)).toBe(true);
  await serveAgent(path);
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
  await serveAgent(path);
  await run.end();
  expect(await keysOf(path)).toBe("The agent has no identities.");
});

test("a place where no socket can be is an error that names it", async () => {
  await writeFile(join(folder, "file"), "");
  await expect(serveAgent(join(folder, "file/agent"))).rejects.toThrow(
    `Making the socket ${folder}/file/agent in ${process.cwd()} failed: `,
  );
});

/** A process of its own that serves an agent, and has nothing else to do. */
async function serveElsewhere(path: string) {
  const script = `(async () => {
    const { serveAgent } = require(${JSON.stringify(join(process.cwd(), "src/ssh/agent.ts"))});
    await serveAgent(${JSON.stringify(path)});
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
