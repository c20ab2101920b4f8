import { asRoot } from "../ssh/as-root.ts";
import type { SshTarget } from "../ssh/target.ts";

type Copied = Pick<SshTarget, "user"> & {
  /** The stack that copies, among all that may copy to the machine. */
  readonly stack: string;
};

/**
 * Command line that keeps what the stack brought last to the machine from garbage collection there: no
 * generation of the system holds it until it is activated, and what succeeded is not done again.
 */
export function rootCommand(storePath: string, { stack, user }: Copied): string {
  // A derivation as well as what is built from it: until it is built nothing else holds it.
  const how = storePath.endsWith(".drv") ? "sent" : "copied";
  const link = `/nix/var/nix/gcroots/${how}-by-${stack.replaceAll(/[^\w.-]/g, "-")}`;
  return asRoot(user, `ln -sfn ${storePath} ${link}`);
}

/**
 * Command line of the machine's nix-store that first keeps what is about to be copied, so that this takes
 * no connection of its own. As root, for a store takes what nobody signed from trusted users only. Words
 * are set apart by one space and none is quoted: newer Nix splits the command line there.
 */
export function storeThatKeeps(storePath: string, copied: Copied): string {
  return `${rootCommand(storePath, copied)} && ${asRoot(copied.user, "nix-store")}`;
}
