import { once } from "node:events";
import { rmSync, statSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { dirname } from "node:path";
import { SshError } from "./reasons.ts";

/**
 * Path of the user's own ssh-agent.
 *
 * @throws {SshError} when there is none.
 */
export function userAgent(): string {
  const path = process.env.SSH_AUTH_SOCK;
  if (path) return path;
  throw new SshError(
    "There is no ssh-agent: sshAgent is true, but SSH_AUTH_SOCK is not set. Start one with " +
      "`eval $(ssh-agent)` and `ssh-add KEYFILE`, or set sshAgent to false and privateKey to a key.",
    { isFinal: true },
  );
}

/** What an agent has: one private key, or what the agent at another path has. */
export type AgentKeys = { readonly privateKey: Promise<string> } | { readonly passOnTo: string };

/**
 * Serves an ssh-agent at a path for as long as this process lives, and does not keep it alive.
 *
 * @throws {SshError} when there can be no socket at the path.
 */
export async function serveAgent(path: string, keys: AgentKeys): Promise<void> {
  const server = createServer((client) => {
    client.unref();
    client.on("error", () => client.destroy());
    if ("privateKey" in keys) void answer(client, keys.privateKey);
    else passOn(client, keys.passOnTo);
  });
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // Put in place at once, over what a killed run left, and under a name that Node.js does not remove
    // when the server closes: by then another run may have put its own there.
    const ownPath = `${path}.${process.pid}`;
    await rm(ownPath, { force: true });
    await once(server.listen(ownPath), "listening");
    await rename(ownPath, path);
  } catch (error) {
    throw new SshError(
      `Making the socket ${path} in ${process.cwd()} failed: ${(error as Error).message}. The project's ` +
        "folder must be on a file system that takes sockets, and be writable.",
      { isFinal: true, cause: error },
    );
  }
  server.unref();
  removeAtExit(path);
}

/** Loaded when somebody asks: most runs log in nowhere. */
async function answer(client: Socket, privateKey: Promise<string>): Promise<void> {
  const { answerWith } = await import("./agent-answers.ts");
  await answerWith(privateKey, client);
}

function passOn(client: Socket, path: string): void {
  const agent = connect(path);
  agent.unref();
  agent.on("error", () => client.destroy());
  agent.on("close", () => client.destroy());
  client.on("close", () => agent.destroy());
  client.pipe(agent).pipe(client);
}

function removeAtExit(path: string): void {
  const { ino } = statSync(path);
  process.once("exit", () => {
    if (statSync(path, { throwIfNoEntry: false })?.ino === ino) rmSync(path);
  });
}
