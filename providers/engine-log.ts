import { promisify } from "node:util";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb.js";

type Send = (line: LogLine) => Promise<unknown>;

let send: Promise<Send> | undefined;

export interface LogLine {
  readonly severity: "INFO" | "WARNING";
  readonly message: string;
  /** Shown while it is the latest, and not kept. */
  readonly isEphemeral?: boolean;
}

/**
 * Has the engine show a line among those of the stack. A line that does not arrive is no reason to
 * fail.
 */
export async function log(line: LogLine): Promise<void> {
  send ??= connect();
  await (await send)(line).catch(() => undefined);
}

/** The SDK has no log for dynamic providers: their process gets the engine's address as an argument. */
async function connect(): Promise<Send> {
  const address = process.argv.at(-1) ?? "";
  if (!/^[\w.]+:\d+$/.test(address)) return () => Promise.resolve();
  // Most runs have nothing to tell.
  const [{ default: grpc }, { default: service }, { default: messages }] = await Promise.all([
    import("@grpc/grpc-js"),
    import("@pulumi/pulumi/proto/engine_grpc_pb.js"),
    import("@pulumi/pulumi/proto/engine_pb.js"),
  ]);
  const client = new service.EngineClient(address, grpc.credentials.createInsecure());
  const call = promisify(
    client.log.bind(client) as (request: LogRequest, done: (error: Error | null) => void) => void,
  );
  return ({ severity, message, isEphemeral = false }) => {
    const request = new messages.LogRequest();
    request.setSeverity(messages.LogSeverity[severity]);
    request.setMessage(message);
    request.setEphemeral(isEphemeral);
    return call(request);
  };
}
