import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { commandSuite } from "./command.ts";
import type { Suite } from "./suite.ts";

/** Every shell script that Git knows or would take, whatever its name. */
export const shellcheck: Suite = async (suiteArguments, stdio = "inherit") => {
  const { stdout } = await execa("git", ["ls-files", "-co", "--exclude-standard", "-z"]);
  const paths = stdout.split("\0").filter((path) => path !== "");
  const scripts = await Promise.all(
    paths.map(async (path) => ((await isShellScript(path)) ? [path] : [])),
  );
  return commandSuite("shellcheck", scripts.flat())(suiteArguments, stdio);
};

async function isShellScript(path: string): Promise<boolean> {
  // Git still lists a file that was removed, and a folder where there is a repository of its own.
  const text = await readFile(path, "utf8").catch(() => "");
  const [firstLine = ""] = text.split("\n", 1);
  return /^#!.*\b(?:ba|da)?sh\b|^# shellcheck shell=/.test(firstLine);
}
