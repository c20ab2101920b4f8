import type * as grpc from "@grpc/grpc-js";
import type { ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import languageProto from "@pulumi/pulumi/proto/language_pb.js";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import { installDependencies } from "./install-dependencies.ts";
import { listDependencies, readSdkVersion } from "./node-modules.ts";
import { describeNode } from "./node-runtime.ts";
import { listRequiredPackages } from "./packages.ts";
import type { Program } from "./program.ts";
import { programCommand } from "./program-command.ts";

interface Host {
  readonly engineAddress: string;
  readonly program: Program;
}

/**
 * The calls of Pulumi's LanguageRuntime that the CLI makes for a program. gRPC answers the others,
 * which generate code or run plugins, with UNIMPLEMENTED; the CLI knows what to do then.
 */
export function createLanguageRuntime(host: Host) {
  let { engineAddress } = host;
  return {
    handshake: unary((request: languageProto.LanguageHandshakeRequest) => {
      engineAddress = request.getEngineAddress();
      return new languageProto.LanguageHandshakeResponse();
    }),

    getPluginInfo: unary(() => new pluginProto.PluginInfo().setVersion(readSdkVersion())),

    getRequiredPackages: unary((request: languageProto.GetRequiredPackagesRequest) =>
      new languageProto.GetRequiredPackagesResponse().setPackagesList(
        listRequiredPackages(programDirectory(request)),
      ),
    ),

    run: unary(async (request: languageProto.RunRequest) => {
      const { error, bail } = await host.program.run(programCommand(request, engineAddress));
      return new languageProto.RunResponse().setError(error).setBail(bail);
    }),

    cancel: unary(async () => {
      await host.program.cancel();
      return new emptyProto.Empty();
    }),

    about: unary(async () => {
      const { executable, version, metadata } = await describeNode();
      const response = new languageProto.AboutResponse()
        .setExecutable(executable)
        .setVersion(version);
      for (const [key, value] of Object.entries(metadata)) {
        response.getMetadataMap().set(key, value);
      }
      return response;
    }),

    getProgramDependencies: unary((request: languageProto.GetProgramDependenciesRequest) =>
      new languageProto.GetProgramDependenciesResponse().setDependenciesList(
        listDependencies(programDirectory(request), request.getTransitivedependencies()).map(
          ({ name, version }) =>
            new languageProto.DependencyInfo().setName(name).setVersion(version),
        ),
      ),
    ),

    installDependencies: (call) => {
      const send = (stream: "stdout" | "stderr", data: Uint8Array): void => {
        const response = new languageProto.InstallDependenciesResponse();
        call.write(stream === "stdout" ? response.setStdout(data) : response.setStderr(data));
      };
      installDependencies(programDirectory(call.request), send).then(
        () => call.end(),
        (error: Error) => call.destroy(error),
      );
    },

    runtimeOptionsPrompts: unary(() => new languageProto.RuntimeOptionsResponse()),
    template: unary(() => new languageProto.TemplateResponse()),
  } satisfies Partial<ILanguageRuntimeServer>;
}

function programDirectory(request: { getInfo(): languageProto.ProgramInfo | undefined }): string {
  return request.getInfo()?.getProgramDirectory() ?? process.cwd();
}

/** A call with one request and one response; what `handle` throws becomes the call's error. */
function unary<Request, Response>(
  handle: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return async (call, callback) => {
    try {
      callback(null, await handle(call.request));
    } catch (error) {
      callback(error as Error);
    }
  };
}
