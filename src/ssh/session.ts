import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostKeyAlgorithms } from "./host-key.ts";
import type { SshTarget } from "./target.ts";

/** The name under which the session's configuration knows the machine. */
export const TARGET = "machine";

/**
 * Runs work that starts ssh with `-F config` in the given folder, and removes the folder after it.
 * The configuration is all that ssh reads: none of the user's keys, agents or known hosts.
 */
export async function withSshSession<T>(
  target: SshTarget,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "ssh-"));
  try {
    await writeFile(join(folder, "key"), target.privateKey ?? "", { mode: 0o600 });
    await writeFile(join(folder, "known_hosts"), `${TARGET} ${target.hostPublicKey}\n`);
    await writeFile(join(folder, "config"), sshConfig(target));
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sshConfig({ address, port, user, hostPublicKey }: SshTarget): string {
  return [
    `Host ${TARGET}`,
    `  HostName ${address}`,
    `  Port ${port}`,
    `  User ${user}`,
    `  HostKeyAlias ${TARGET}`,
    `  HostKeyAlgorithms ${hostKeyAlgorithms(hostPublicKey).join(",")}`,
    "  UserKnownHostsFile known_hosts",
    "  GlobalKnownHostsFile /dev/null",
    "  StrictHostKeyChecking yes",
    "  IdentityFile key",
    "  IdentitiesOnly yes",
    "  IdentityAgent none",
    "  BatchMode yes",
    "  ConnectTimeout 10",
    "  ServerAliveInterval 10",
    "  ServerAliveCountMax 3",
    "",
  ].join("\n");
}
