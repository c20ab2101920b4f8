import { execa } from "execa";
import { machinePaths, sandboxHome } from "../../sandbox/machines/paths.ts";
import type { Project } from "./project.ts";

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
