import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import grpc from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { sandboxHome } from "../../../../sandbox/machines/paths.ts";

const binary = join(
  sandboxHome(),
  "pulumi-home/plugins/resource-command-v1.2.1/pulumi-resource-command",
);

const severities: Record<number, string> = Object.fromEntries(
  Object.entries(engine.LogSeverity).map(([name, value]) => [value, name.toLowerCase()]),
);

export interface LoggedLine {
  urn: string;
  severity: string | undefined;
  message: string;
  isStatus: boolean;
}

export interface Plugin {
  readonly logged: LoggedLine[];
  /** Resolves when the engine is sent its first line. */
  readonly firstLine: Promise<LoggedLine>;
  /** The error that it rejects with has the message of the plugin, and no more. */
  call<Response>(method: string, request: object): Promise<Response>;
  /** Sends the signal that the engine ends plugins with, and resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Ends the engine, and leaves the plugin to itself; resolves with the plugin's exit code. */
  endEngine(): Promise<number | null>;
  kill(): void;
}

/** Starts the plugin as the engine does: from any folder, with a log to write to. */
export async function startPlugin(options: {
  cwd?: string;
  /** Another plugin than that of @pulumi/command. */
  file?: string;
  env?: NodeJS.ProcessEnv;
  onLine?: (line: LoggedLine) => void;
}): Promise<Plugin> {
  const logged: LoggedLine[] = [];
  const first = Promise.withResolvers<LoggedLine>();
  const engineServer = new grpc.Server();
  engineServer.addService(engineService.EngineService, {
    log(
      call: { request: engine.LogRequest },
      callback: (error: null, response: empty.Empty) => void,
    ) {
      const line = {
        urn: call.request.getUrn(),
        severity: severities[call.request.getSeverity()],
        message: call.request.getMessage(),
        isStatus: call.request.getEphemeral(),
      };
      logged.push(line);
      first.resolve(line);
      options.onLine?.(line);
      callback(null, new empty.Empty());
    },
  });
  const enginePort = await new Promise<number>((resolve, reject) => {
    engineServer.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });

  const child = spawn(options.file ?? binary, [`127.0.0.1:${enginePort}`], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const [port] = await once(createInterface({ input: child.stdout }), "line");
  const client = new providerService.ResourceProviderClient(
    `127.0.0.1:${port}`,
    grpc.credentials.createInsecure(),
  );

  return {
    logged,
    firstLine: first.promise,
    call(method, request) {
      const methods = client as unknown as Record<string, (...args: unknown[]) => void>;
      return new Promise((resolve, reject) => {
        methods[method]?.call(
          client,
          request,
          (error: grpc.ServiceError | null, response: never) =>
            error ? reject(new Error(error.details, { cause: error })) : resolve(response),
        );
      });
    },
    async stop() {
      client.close();
      child.kill("SIGINT");
      const [code] = await exited;
      engineServer.forceShutdown();
      return code;
    },
    async endEngine() {
      engineServer.forceShutdown();
      return (await exited)[0];
    },
    kill() {
      engineServer.forceShutdown();
      child.kill("SIGKILL");
    },
  };
}
