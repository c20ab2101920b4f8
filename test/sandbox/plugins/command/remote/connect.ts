import { expect } from "vitest";
import { commandProvider as provider } from "../../../../../sandbox/plugins/command/provider.ts";
import type { Operation } from "../../../../../sandbox/plugins/lib/operation.ts";
import type { Properties } from "../../../../../sandbox/plugins/lib/property-values.ts";

/** Runs a command on a connection as a resource does, and gives what it printed. */
export async function run(
  connection: Properties,
  operation: Operation,
  command = "echo ok",
): Promise<unknown> {
  const resource = { type: "command:remote:Command", name: "job" };
  const { inputs, failures } = provider.check(resource, { connection, create: command }, {});
  expect(failures).toEqual([]);
  return (await provider.create(resource, inputs, operation)).outputs.stdout;
}
