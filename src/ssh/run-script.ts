import { asRoot } from "./as-root.ts";
import type { CommandResult, SshConnection } from "./connection.ts";
import { shellQuote } from "./shell-quote.ts";

/** Has the machine run a POSIX shell script as root, with arguments. */
export function runScript(
  connection: SshConnection,
  user: string,
  script: string,
  words: readonly string[],
): Promise<CommandResult> {
  const stdin = `set -- ${words.map(shellQuote).join(" ")}\n${script}`;
  return connection.run(asRoot(user, "sh -s"), { stdin });
}
