import { promisify } from "node:util";
import grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";

type Send = (request: engineMessages.LogRequest) => Promise<unknown>;

let send: Send | undefined;

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
export async function log({ severity, message, isEphemeral = false }: LogLine): Promise<void> {
  send ??= connect();
  const request = new engineMessages.LogRequest();
  request.setSeverity(engineMessages.LogSeverity[severity]);
  request.setMessage(message);
  request.setEphemeral(isEphemeral);
  await send(request).catch(() => undefined);
}

/** The SDK has no log for dynamic providers: their process gets the engine's address as an argument. */
function connect(): Send {
  const address = process.argv.at(-1) ?? "";
  if (!/^[\w.]+:\d+$/.test(address)) return () => Promise.resolve();
  const client = new engineService.EngineClient(address, grpc.credentials.createInsecure());
  return promisify(
    client.log.bind(client) as (
      request: engineMessages.LogRequest,
      done: (error: Error | null) => void,
    ) => void,
  );
}
