import { execa } from "execa";
import { NixError } from "../nix/cli.ts";
import { asRoot } from "../ssh/as-root.ts";
import { nameOf } from "../ssh/reasons.ts";
import { TARGET } from "../ssh/session.ts";
import { shellQuote } from "../ssh/shell-quote.ts";
import type { SshTarget } from "../ssh/target.ts";

/**
 * Keeps what the stack copied last to the machine from garbage collection there: no generation of the
 * system holds it until it is activated, and a copy that succeeded is not made again.
 *
 * @param folder that an SSH session of the machine is configured in.
 */
export async function rootCopy(
  storePath: string,
  { stack, ...target }: SshTarget & { readonly stack: string },
  folder: string,
): Promise<void> {
  const link = `/nix/var/nix/gcroots/copied-by-${stack.replaceAll("/", "-")}`;
  const command = `ln -sfn ${shellQuote(storePath)} ${shellQuote(link)}`;
  const { exitCode, stderr } = await execa(
    "ssh",
    ["-F", "config", TARGET, asRoot(target.user, command)],
    { cwd: folder, stdin: "ignore", reject: false },
  );
  if (exitCode === 0) return;
  throw new NixError(
    `Keeping ${storePath} from garbage collection on ${nameOf(target)} failed, though it was copied:\n` +
      stderr,
  );
}
