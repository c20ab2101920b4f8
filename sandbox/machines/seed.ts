import { randomBytes } from "node:crypto";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { copyClosureToRoot } from "../../src/nix/store.ts";
import { endProcesses, processesWithArgument } from "./processes.ts";

export interface Seed {
  /** Store path of the system that the machine boots first. */
  readonly system: string;
  readonly hostPrivateKey: string;
  readonly hostPublicKey: string;
}

/** Puts on a mounted disk what the machine boots from, and what it is known by. */
export async function seedDisk(root: string, seed: Seed): Promise<void> {
  await copyClosureToRoot(seed.system, root);
  await linkProfile(join(root, "nix/var/nix/profiles"), seed.system);
  await writeIdentity(join(root, "etc"), seed);
}

/** As `nix-env --profile /nix/var/nix/profiles/system --set SYSTEM` in the machine would. */
async function linkProfile(profiles: string, system: string): Promise<void> {
  await mkdir(profiles, { recursive: true });
  await replaceLink(system, join(profiles, "system-1-link"));
  await replaceLink("system-1-link", join(profiles, "system"));
}

async function replaceLink(target: string, link: string): Promise<void> {
  await rm(link, { force: true });
  await symlink(target, link);
}

async function writeIdentity(etc: string, seed: Seed): Promise<void> {
  const key = join(etc, "ssh/ssh_host_ed25519_key");
  await mkdir(join(etc, "ssh"), { recursive: true });
  await writeFile(key, `${seed.hostPrivateKey.trimEnd()}\n`, { mode: 0o600 });
  await writeFile(`${key}.pub`, `${seed.hostPublicKey.trimEnd()}\n`, { mode: 0o644 });
  // Without one systemd takes each boot for the machine's first, and enables units that nobody asked for.
  await writeFile(join(etc, "machine-id"), `${randomBytes(16).toString("hex")}\n`, { mode: 0o444 });
}

/**
 * Ends a copy to the disk that has outlived the process that began it: it would write on, to where
 * the disk was mounted, while the disk is being removed.
 */
export async function endInterruptedCopy(root: string): Promise<void> {
  await endProcesses(() => processesWithArgument(`local?root=${root}`));
}
