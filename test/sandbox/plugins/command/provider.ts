import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { fromStruct, toStruct } from "../../../../sandbox/plugins/lib/messages.ts";
import type { Properties } from "../../../../sandbox/plugins/lib/property-values.ts";
import { type LoggedLine, startPlugin } from "./plugin.ts";

export interface ResourceId {
  readonly type: string;
  readonly name: string;
}

/** The lines that an operation shows, as the engine gets them. */
export interface Operation {
  /** The stack by whose name the lines are told apart. */
  readonly stack: string;
  /** Every line, as `severity: message`, with "status" in front of one that does not stay. */
  readonly lines: string[];
  /** Resolves with the message of the first line, when it comes. */
  readonly firstMessage: Promise<string>;
}

export type CommandProvider = Awaited<ReturnType<typeof startProvider>>;

/** A process of the plugin, with each of its operations as a function of plain values. */
export async function startProvider(env: NodeJS.ProcessEnv = {}) {
  const told = new Map<string, (line: LoggedLine) => void>();
  const { SSH_AUTH_SOCK: _agent, ...own } = process.env;
  const plugin = await startPlugin({
    env: { ...own, ...env },
    onLine: (line) => told.get(line.urn.split(":")[2] ?? "")?.(line),
  });
  const unrecorded = { stack: "dev" };
  const urnOf = ({ type, name }: ResourceId, { stack } = unrecorded) =>
    `urn:pulumi:${stack}::proj::my:Parent$${type}::${name}`;

  return {
    record(): Operation {
      const stack = `op${told.size}`;
      const lines: string[] = [];
      const first = Promise.withResolvers<string>();
      told.set(stack, ({ severity, message, isStatus }) => {
        lines.push(`${isStatus ? "status " : ""}${severity}: ${message}`);
        first.resolve(message);
      });
      return { stack, lines, firstMessage: first.promise };
    },

    async check(resource: ResourceId, news: Properties) {
      const response = await plugin.call<proto.CheckResponse>(
        "check",
        new proto.CheckRequest().setUrn(urnOf(resource)).setNews(toStruct(news)),
      );
      return { inputs: fromStruct(response.getInputs()), failures: failuresOf(response) };
    },

    async diff(resource: ResourceId, state: Properties, news: Properties) {
      const request = new proto.DiffRequest().setUrn(urnOf(resource));
      return plugin.call<proto.DiffResponse>(
        "diff",
        request.setOlds(toStruct(state)).setNews(toStruct(news)),
      );
    },

    async create(resource: ResourceId, inputs: Properties, operation?: Operation) {
      const response = await plugin.call<proto.CreateResponse>(
        "create",
        new proto.CreateRequest()
          .setUrn(urnOf(resource, operation))
          .setProperties(toStruct(inputs)),
      );
      return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
    },

    async preview(resource: ResourceId, inputs: Properties): Promise<Properties> {
      const response = await plugin.call<proto.CreateResponse>(
        "create",
        new proto.CreateRequest()
          .setUrn(urnOf(resource))
          .setProperties(toStruct(inputs))
          .setPreview(true),
      );
      return fromStruct(response.getProperties());
    },

    async update(
      resource: ResourceId,
      state: Properties,
      inputs: Properties,
      operation?: Operation,
    ): Promise<Properties> {
      const response = await plugin.call<proto.UpdateResponse>(
        "update",
        new proto.UpdateRequest()
          .setUrn(urnOf(resource, operation))
          .setOlds(toStruct(state))
          .setNews(toStruct(inputs)),
      );
      return fromStruct(response.getProperties());
    },

    async remove(resource: ResourceId, state: Properties): Promise<void> {
      await plugin.call(
        "delete",
        new proto.DeleteRequest().setUrn(urnOf(resource)).setProperties(toStruct(state)),
      );
    },

    async invoke(token: string, args: Properties) {
      const response = await plugin.call<proto.InvokeResponse>(
        "invoke",
        new proto.InvokeRequest().setTok(token).setArgs(toStruct(args)),
      );
      return { outputs: fromStruct(response.getReturn()), failures: failuresOf(response) };
    },

    /** Ends every operation that runs, and each that begins later. */
    cancel: () => plugin.call("cancel", new empty.Empty()),

    stop: () => plugin.stop(),
  };
}

function failuresOf(response: { getFailuresList(): proto.CheckFailure[] }) {
  return response.getFailuresList().map((failure) => failure.toObject());
}
