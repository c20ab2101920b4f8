import grpc from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { EngineLog } from "./engine-log.ts";
import { fromStruct, parseUrn, toDiffResponse, toFailures, toStruct } from "./messages.ts";
import type { Operation } from "./operation.ts";
import type { Provider } from "./provider.ts";

const anyLength = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
};

/** Serves the provider to one engine, whose address comes as an argument or by the handshake. */
export class ProviderServer {
  readonly #cancellation = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #engineLog: EngineLog | undefined;

  readonly #provider: Provider;
  readonly #engineLost: () => void;

  constructor(provider: Provider, engineAddress: string | undefined, engineLost: () => void) {
    this.#provider = provider;
    this.#engineLost = engineLost;
    if (engineAddress !== undefined) this.#attach(engineAddress);
  }

  #attach(engineAddress: string): void {
    this.#engineLog = new EngineLog(engineAddress, this.#engineLost);
  }

  /** Resolves with the port. */
  async listen(): Promise<number> {
    const server = new grpc.Server(anyLength);
    server.addService(providerService.ResourceProviderService, this.#handlers());
    return new Promise((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
  }

  /** Stops the commands that run, and resolves when they have ended. */
  async cancel(): Promise<void> {
    this.#cancellation.abort(new Error("cancelled"));
    await Promise.allSettled(this.#running);
  }

  /** Lines that the operation shows reach the engine before its result does. */
  #operate<T>(
    urn: string,
    run: (operation: Operation) => Promise<T>,
    timeoutSeconds?: number,
  ): Promise<T> {
    const operation: Operation = {
      signal: this.#cancellation.signal,
      ...(timeoutSeconds && { timeoutSeconds }),
      log: (severity, message, options) =>
        this.#engineLog?.write({ severity, message, urn, isStatus: options?.status === true }),
    };
    const result = run(operation).finally(() => this.#engineLog?.flush());
    this.#running.add(result);
    return result.finally(() => this.#running.delete(result));
  }

  #handlers(): grpc.UntypedServiceImplementation {
    const provider = this.#provider;
    const { name, version } = provider;
    return {
      handshake: answer((request: proto.ProviderHandshakeRequest) => {
        this.#attach(request.getEngineAddress());
        return new proto.ProviderHandshakeResponse().setAcceptSecrets(true);
      }),

      attach: answer((request: plugin.PluginAttach) => {
        this.#attach(request.getAddress());
        return new empty.Empty();
      }),

      getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(version)),

      getSchema: answer(() =>
        new proto.GetSchemaResponse().setSchema(JSON.stringify({ name, version })),
      ),

      checkConfig: answer((request: proto.CheckRequest) => {
        const { inputs, failures } = provider.checkConfiguration(fromStruct(request.getNews()));
        return new proto.CheckResponse()
          .setInputs(toStruct(inputs))
          .setFailuresList(toFailures(failures));
      }),

      diffConfig: answer(() =>
        new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE),
      ),

      configure: answer((request: proto.ConfigureRequest) => {
        provider.configure?.(fromStruct(request.getArgs()));
        return new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
      }),

      check: answer((request: proto.CheckRequest) => {
        const resource = parseUrn(request.getUrn());
        const { inputs, failures } = provider.check(
          resource,
          fromStruct(request.getNews()),
          fromStruct(request.getOlds()),
        );
        return new proto.CheckResponse()
          .setInputs(toStruct(inputs))
          .setFailuresList(toFailures(failures));
      }),

      diff: answer((request: proto.DiffRequest) =>
        toDiffResponse(
          provider.diff(
            parseUrn(request.getUrn()),
            fromStruct(request.getOldInputs() ?? request.getOlds()),
            fromStruct(request.getNews()),
          ),
        ),
      ),

      create: answer(async (request: proto.CreateRequest) => {
        const resource = parseUrn(request.getUrn());
        const inputs = fromStruct(request.getProperties());
        if (request.getPreview()) {
          const outputs = provider.preview(resource, inputs);
          return new proto.CreateResponse().setProperties(toStruct(outputs));
        }
        const { id, outputs } = await this.#operate(
          request.getUrn(),
          (operation) => provider.create(resource, inputs, operation),
          request.getTimeout(),
        );
        return new proto.CreateResponse().setId(id).setProperties(toStruct(outputs));
      }),

      read: answer(async (request: proto.ReadRequest) => {
        const found = await provider.read(
          parseUrn(request.getUrn()),
          request.getId(),
          fromStruct(request.getProperties()),
          fromStruct(request.getInputs()),
        );
        if (!found) return new proto.ReadResponse();
        return new proto.ReadResponse()
          .setId(request.getId())
          .setProperties(toStruct(found.outputs))
          .setInputs(toStruct(found.inputs));
      }),

      update: answer(async (request: proto.UpdateRequest) => {
        const resource = parseUrn(request.getUrn());
        const state = fromStruct(request.getOlds());
        const inputs = fromStruct(request.getNews());
        const outputs = request.getPreview()
          ? provider.preview(resource, inputs, state)
          : await this.#operate(request.getUrn(), (operation) =>
              provider.update(resource, request.getId(), state, inputs, operation),
            );
        return new proto.UpdateResponse().setProperties(toStruct(outputs));
      }),

      delete: answer(async (request: proto.DeleteRequest) => {
        await this.#operate(request.getUrn(), (operation) =>
          provider.remove(
            parseUrn(request.getUrn()),
            request.getId(),
            fromStruct(request.getProperties()),
            operation,
          ),
        );
        return new empty.Empty();
      }),

      invoke: answer(async (request: proto.InvokeRequest) => {
        const { inputs, failures } = await this.#operate("", (operation) =>
          provider.invoke(request.getTok(), fromStruct(request.getArgs()), operation),
        );
        return new proto.InvokeResponse()
          .setReturn(toStruct(inputs))
          .setFailuresList(toFailures(failures));
      }),

      cancel: answer(() => {
        void this.cancel();
        return new empty.Empty();
      }),
    };
  }
}

/** The engine shows the message of an error and nothing else of it. */
function answer<Request, Response>(
  respond: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return async (call, callback) => {
    try {
      callback(null, await respond(call.request));
    } catch (error) {
      const details = error instanceof Error ? error.message : String(error);
      callback({ code: grpc.status.UNKNOWN, details });
    }
  };
}
