import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** A real ssh-agent, as a user has one. */
export interface UserAgent extends AsyncDisposable {
  readonly socket: string;
  /** Ends it and leaves its socket, as a log-out by power cut does. */
  kill(): Promise<void>;
}

export async function startUserAgent(privateKey?: string): Promise<UserAgent> {
  const folder = await mkdtemp(join(tmpdir(), "agent-"));
  const socket = join(folder, "socket");
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "inherit"] });
  // It prints its variables once it listens.
  await once(agent.stdout, "data");
  if (privateKey !== undefined) {
    await writeFile(join(folder, "key"), privateKey, { mode: 0o600 });
    await execa("ssh-add", ["-q", join(folder, "key")], { env: { SSH_AUTH_SOCK: socket } });
  }
  const kill = () => end(agent);
  return {
    socket,
    kill,
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}

async function end(agent: ChildProcess): Promise<void> {
  if (agent.exitCode !== null || agent.signalCode !== null) return;
  const ended = once(agent, "exit");
  agent.kill("SIGKILL");
  await ended;
}
