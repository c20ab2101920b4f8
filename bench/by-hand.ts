import { execa } from "execa";
import { TARGET, withSshSession } from "../src/ssh/session.ts";
import type { SshTarget } from "../src/ssh/target.ts";

/** nix-copy-closure to each machine, all at once, and what follows it there. */
export async function copyByHand(
  storePath: string,
  machines: readonly SshTarget[],
  command?: string,
): Promise<void> {
  await Promise.all(
    machines.map((machine) =>
      withSshSession(machine, async (cwd) => {
        const options = { cwd, env: { NIX_SSHOPTS: "-F config" } };
        await execa("nix-copy-closure", ["--to", TARGET, storePath], options);
        if (command) await execa("ssh", ["-F", "config", TARGET, command], options);
      }),
    ),
  );
}

/** Brings a system to each machine, all at once: copy, profile, switch-to-configuration. */
export async function deployByHand(system: string, machines: readonly SshTarget[]): Promise<void> {
  const profile = `nix-env --profile /nix/var/nix/profiles/system --set ${system}`;
  await copyByHand(system, machines, `${profile} && ${system}/bin/switch-to-configuration switch`);
}
