import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { machinePaths, sandboxHome } from "../../sandbox/machines/paths.ts";
import type { Project } from "./project.ts";

/** What a run starts: a project with these settings has them told of, and runs them all the same. */
export interface StartedPrograms extends AsyncDisposable {
  readonly settings: Readonly<Record<string, string>>;
  /** Their command lines since the last time, less Nix's options. */
  read(): Promise<string[]>;
}

/** @param watched programs that are started by name. */
export async function watchPrograms(...watched: readonly string[]): Promise<StartedPrograms> {
  const folder = await mkdtemp(join(tmpdir(), "started-"));
  const log = join(folder, "log");
  await writeFile(log, "");
  for (const name of watched) {
    const { stdout: real } = await execa("which", [name]);
    await writeFile(
      join(folder, name),
      // One write for each, since they start side by side.
      `#!/bin/sh\nprintf '%s\\n' "$(echo "${name} $*" | tr '\\n' ' ')" >>${log}\nexec ${real} "$@"\n`,
    );
    await chmod(join(folder, name), 0o755);
  }
  return {
    settings: { PATH: `${folder}:${process.env.PATH}` },
    async read() {
      const lines = (await readFile(log, "utf8")).split("\n").map((line) => line.trim());
      await writeFile(log, "");
      return lines.filter(Boolean);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** How many connections the only machine of a sandbox stack has taken, as its kernel counts them. */
export async function connectionsTo({ stackName }: Project): Promise<number> {
  const { namespace } = await machinePaths(sandboxHome(), `iplz-${stackName}-1`);
  const { stdout } = await execa("ip", ["netns", "exec", namespace, "cat", "/proc/net/snmp"]);
  const [names = [], values = []] = stdout
    .split("\n")
    .filter((line) => line.startsWith("Tcp:"))
    .map((line) => line.split(" "));
  const count = values[names.indexOf("PassiveOpens")];
  if (count === undefined) throw new Error(`The kernel does not count connections:\n${stdout}`);
  return Number(count);
}
