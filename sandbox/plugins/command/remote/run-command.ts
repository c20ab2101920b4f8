import { once } from "node:events";
import type { Operation } from "../../lib/operation.ts";
import type { CommandResults } from "../command-resource.ts";
import { CommandOutput, commandError, previousOutputVariables } from "../output.ts";
import type { InputsOf } from "../schemas.ts";
import { withConnection } from "./connection-when-needed.ts";
import { Session } from "./session.ts";

type Inputs = InputsOf<"command:remote:Command">;

/** Runs a command in the login shell of the host, and gathers what it printed. */
export function runCommand(
  command: string,
  inputs: Inputs,
  previous: CommandResults,
  operation: Operation,
): Promise<CommandResults> {
  return withConnection(inputs.connection, operation, async (client) => {
    const session = await Session.open(client);
    await setVariables(session, inputs, previous, operation);
    return runInSession(session, command, inputs, operation);
  });
}

async function setVariables(
  session: Session,
  inputs: Inputs,
  previous: CommandResults,
  operation: Operation,
): Promise<void> {
  for (const [name, value] of Object.entries(inputs.environment ?? {})) {
    if (!(await session.setVariable(name, value))) throw new Error(refusedVariable(name));
  }
  const variables = previousOutputVariables(inputs.addPreviousOutputInEnv, previous);
  for (const [name, value] of Object.entries(variables)) {
    if (!(await session.setVariable(name, value))) operation.log("warning", refusedVariable(name));
  }
}

function refusedVariable(name: string): string {
  return (
    `could not set environment variable ${JSON.stringify(name)}: the SSH server takes only the ` +
    "variables that its AcceptEnv names. Add it there; or, where a shell runs the command, write " +
    "'VAR=value command'."
  );
}

async function runInSession(
  session: Session,
  command: string,
  inputs: Inputs,
  operation: Operation,
): Promise<CommandResults> {
  const { channel } = session;
  const output = new CommandOutput(inputs.logging, operation);
  const closed = once(channel, "close");
  let failure: string | undefined = "the connection was lost before the command ended";
  channel.on("data", (chunk: Buffer) => output.stdout.write(chunk));
  channel.stderr.on("data", (chunk: Buffer) => output.stderr.write(chunk));
  channel.once("exit", (status: number | null, signal?: string) => {
    failure = failureReason(status, signal);
  });
  await session.exec(command);
  channel.end(inputs.stdin ?? "");
  await closed;

  const results = { stdout: output.stdout.end(), stderr: output.stderr.end() };
  if (operation.signal.aborted) throw commandError("cancelled", command, output);
  if (failure !== undefined) throw commandError(failure, command, output);
  return results;
}

function failureReason(status: number | null, signal: string | undefined): string | undefined {
  if (status === 0) return undefined;
  if (status === null) return `Process exited from signal ${signal}`;
  return `Process exited with status ${status}`;
}
