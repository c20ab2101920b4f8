import { execa } from "execa";
import type { Suite } from "./suite.ts";

/** A suite of one test: the command, which exits with 0. */
export function commandSuite(
  file: string,
  fixedArguments: readonly string[],
  { cwd = "." }: { cwd?: string } = {},
): Suite {
  return async (suiteArguments, stdio = "inherit") => {
    const run = execa(file, [...fixedArguments, ...suiteArguments], { cwd, stdio });
    const result = await run.catch((error) => error);
    if (result.exitCode === undefined) throw result;
    return result.exitCode === 0
      ? { passed: 1, failures: [] }
      : { passed: 0, failures: [`exited with ${result.exitCode}`] };
  };
}
