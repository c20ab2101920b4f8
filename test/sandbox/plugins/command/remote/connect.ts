import { expect } from "vitest";
import type { Properties } from "../../../../../sandbox/plugins/lib/property-values.ts";
import type { CommandProvider, Operation } from "../provider.ts";

/** Runs a command on a connection as a resource does, and gives what it printed. */
export async function run(
  provider: CommandProvider,
  connection: Properties,
  operation?: Operation,
  command = "echo ok",
): Promise<unknown> {
  const resource = { type: "command:remote:Command", name: "job" };
  const { inputs, failures } = await provider.check(resource, { connection, create: command });
  expect(failures).toEqual([]);
  return (await provider.create(resource, inputs, operation)).outputs.stdout;
}
