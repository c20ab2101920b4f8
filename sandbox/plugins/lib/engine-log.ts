import { promisify } from "node:util";
import grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import type { Severity } from "./operation.ts";

export interface LogLine {
  severity: Severity;
  message: string;
  urn: string;
  isStatus: boolean;
}

const severities = {
  debug: engine.LogSeverity.DEBUG,
  info: engine.LogSeverity.INFO,
  warning: engine.LogSeverity.WARNING,
  error: engine.LogSeverity.ERROR,
};

/** Sends lines to the engine one after another, so that they are shown in the order they came. */
export class EngineLog {
  readonly #send: (request: engine.LogRequest) => Promise<unknown>;
  #sent: Promise<unknown> = Promise.resolve();

  /** `lost` is called when the engine was there and is gone: nobody then ends this process. */
  constructor(address: string, lost: () => void) {
    const client = new engineService.EngineClient(address, grpc.credentials.createInsecure());
    watchConnection(client.getChannel(), lost);
    this.#send = promisify(
      client.log.bind(client) as (
        request: engine.LogRequest,
        callback: (error: Error | null) => void,
      ) => void,
    );
  }

  write(line: LogLine): void {
    const request = new engine.LogRequest();
    request.setSeverity(severities[line.severity]);
    request.setMessage(line.message);
    request.setUrn(line.urn);
    request.setEphemeral(line.isStatus);
    // A line that cannot be shown must not fail the command that printed it.
    this.#sent = this.#sent.then(() => this.#send(request)).catch(() => undefined);
  }

  /** Resolves when the engine has every line. */
  async flush(): Promise<void> {
    await this.#sent;
  }
}

/** A connection that was idle for long is closed and opened again; only a failure to is a loss. */
function watchConnection(channel: grpc.ChannelInterface, lost: () => void, wasThere = false): void {
  const { READY, TRANSIENT_FAILURE } = grpc.connectivityState;
  const state = channel.getConnectivityState(true);
  if (wasThere && state === TRANSIENT_FAILURE) {
    lost();
    return;
  }
  channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, () =>
    watchConnection(channel, lost, wasThere || state === READY),
  );
}
