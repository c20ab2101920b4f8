import { promisify } from "node:util";
import grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";

type Send = (request: engineMessages.LogRequest) => Promise<unknown>;

let send: Send | undefined;
let latest: string | undefined;
let isSending = false;

/**
 * Shows a line as the stack's status while a resource operation runs; it is not kept. Lines that come
 * faster than the engine shows them give way to the latest.
 */
export function showStatus(line: string): void {
  latest = line;
  if (isSending) return;
  isSending = true;
  void sendLatest().finally(() => {
    isSending = false;
  });
}

async function sendLatest(): Promise<void> {
  send ??= connect();
  while (latest !== undefined) {
    const request = new engineMessages.LogRequest();
    request.setSeverity(engineMessages.LogSeverity.INFO);
    request.setMessage(latest.slice(0, 200));
    request.setEphemeral(true);
    latest = undefined;
    // A status that does not arrive is no reason to fail.
    await send(request).catch(() => undefined);
  }
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
