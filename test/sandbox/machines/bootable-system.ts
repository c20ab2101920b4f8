import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";

/** A store path of scripts: it takes the place of a NixOS system, so these tests need no flake. */
export async function addSystemToStore(
  name: string,
  scripts: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bootable-system-"));
  try {
    const system = join(folder, name);
    for (const [path, text] of Object.entries(scripts)) {
      await mkdir(dirname(join(system, path)), { recursive: true });
      await writeFile(join(system, path), text, { mode: 0o755 });
    }
    return (await execa("nix-store", ["--add", system])).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function removeSystems(systems: readonly string[]): Promise<void> {
  await execa("nix-store", ["--delete", ...systems]);
}

/** The least that a machine comes up with: sshd for one key, by way of systemd. */
export const bootingInit = (authorizedKey: string) => `#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
ln -sfn "$(dirname "$(readlink -f "$0")")" /run/booted-system

mkdir -p /etc/ssh/authorized_keys.d /etc/systemd/system/multi-user.target.wants
echo '${authorizedKey}' >/etc/ssh/authorized_keys.d/root
cat >/etc/ssh/sshd_config <<CONFIG
HostKey /etc/ssh/ssh_host_ed25519_key
AuthorizedKeysFile /etc/ssh/authorized_keys.d/%u
PasswordAuthentication no
CONFIG
cat >/etc/systemd/system/sshd.service <<UNIT
[Service]
ExecStart=/usr/sbin/sshd -D -e
RuntimeDirectory=sshd
UNIT
ln -sf ../sshd.service /etc/systemd/system/multi-user.target.wants/sshd.service

exec /usr/lib/systemd/systemd
`;
