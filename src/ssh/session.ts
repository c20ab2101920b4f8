import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { hostKeyAlgorithms } from "./host-key.ts";
import type { SshEndpoint, SshTarget } from "./target.ts";

/** The name under which the session's configuration knows the machine. */
export const TARGET = "machine";
const BASTION = "bastion";
/** What leads to the program's own ssh-agent in the session's folder: sockets take no long paths. */
const AGENT = "agent";

/**
 * Runs work that starts ssh with `-F config` in the given folder, and removes the folder after it.
 * The configuration is all that ssh reads: none of the user's own, and no known hosts but the pinned.
 */
export async function withSshSession<T>(
  target: SshTarget,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const { privateKey, agentSocket } = target;
  const { config, knownHosts } = sessionFiles(target);
  const folder = await mkdtemp(join(tmpdir(), "ssh-"));
  try {
    if (privateKey !== undefined) await writeFile(join(folder, "key"), privateKey, { mode: 0o600 });
    if (agentSocket !== undefined) await symlink(resolve(agentSocket), join(folder, AGENT));
    await writeFile(join(folder, "known_hosts"), knownHosts);
    await writeFile(join(folder, "config"), config);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The files `config` and `known_hosts` of a session; the former names the latter, and `key` or `agent`. */
export function sessionFiles(target: SshTarget) {
  const { proxyJump } = target;
  const bastion = proxyJump ? knownHost(BASTION, proxyJump) : "";
  return { config: sshConfig(target), knownHosts: `${knownHost(TARGET, target)}${bastion}` };
}

function knownHost(name: string, { hostPublicKey }: SshEndpoint): string {
  return `${name} ${hostPublicKey}\n`;
}

function sshConfig({ privateKey, agentSocket, proxyJump, ...target }: SshTarget): string {
  return [
    ...host(TARGET, target),
    ...(proxyJump ? [`  ProxyJump ${BASTION}`, ...host(BASTION, proxyJump)] : []),
    ...everyHost("known_hosts"),
    ...logInWith(privateKey === undefined ? undefined : "key", agentSocket && AGENT),
    "",
  ].join("\n");
}

/** Of a configuration that ssh reads: what holds for every host, whose key is in a file of known hosts. */
export function everyHost(knownHosts: string): string[] {
  return [
    "Host *",
    `  UserKnownHostsFile ${knownHosts}`,
    "  GlobalKnownHostsFile /dev/null",
    "  StrictHostKeyChecking yes",
    "  BatchMode yes",
    "  ConnectTimeout 10",
    "  ServerAliveInterval 10",
    "  ServerAliveCountMax 3",
  ];
}

/** The same: logging in with the key in a file, or with those of an ssh-agent, by default the user's. */
export function logInWith(keyFile: string | undefined, agent = "SSH_AUTH_SOCK"): string[] {
  return keyFile === undefined
    ? ["  IdentityFile none", `  IdentityAgent ${agent}`]
    : [`  IdentityFile ${keyFile}`, "  IdentitiesOnly yes", "  IdentityAgent none"];
}

function host(name: string, { address, port, user, hostPublicKey }: SshEndpoint): string[] {
  return [
    `Host ${name}`,
    `  HostName ${address}`,
    `  Port ${port}`,
    `  User ${user}`,
    `  HostKeyAlias ${name}`,
    `  HostKeyAlgorithms ${hostKeyAlgorithms(hostPublicKey).join(",")}`,
  ];
}
