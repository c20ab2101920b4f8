import { createRequire } from "node:module";
import { join } from "node:path";
import type languageProto from "@pulumi/pulumi/proto/language_pb.js";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { split } from "shlex";
import type { ProgramCommand } from "./program.ts";

/** What runs the program: the same arguments and variables that Pulumi's own language host gives. */
export function programCommand(
  request: languageProto.RunRequest,
  engineAddress: string,
): ProgramCommand {
  if (request.getAttachDebugger()) {
    throw new Error(
      "The sandbox's language host cannot attach a debugger; put --inspect-brk into " +
        "runtime.options.nodeargs of Pulumi.yaml instead.",
    );
  }
  const info = request.getInfo();
  if (info === undefined) throw new Error("The engine gave no program information.");
  const options = parseOptions(info.getOptions()?.toJavaScript() ?? {});
  const directory = info.getProgramDirectory();
  return {
    arguments: [
      ...split(options.nodeargs ?? ""),
      resolveRunner(directory),
      ...option("monitor", request.getMonitorAddress()),
      ...option("engine", engineAddress),
      ...option("organization", request.getOrganization()),
      ...option("project", request.getProject()),
      ...option("root-directory", info.getRootDirectory()),
      ...option("stack", request.getStack()),
      ...option("pwd", directory),
      ...(request.getDryrun() ? ["--dry-run"] : []),
      ...option("parallel", String(request.getParallel())),
      info.getEntryPoint(),
      ...request.getArgsList(),
    ],
    environment: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(configOf(request)),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      ...(options.typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
      ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
    },
    directory,
  };
}

function option(name: string, value: string): string[] {
  return value === "" ? [] : [`--${name}`, value];
}

/** Keys in the form `namespace:config:name`, which every version of the SDK reads. */
function configOf(request: languageProto.RunRequest): Record<string, string> {
  return Object.fromEntries(
    request
      .getConfigMap()
      .toArray()
      .map(([key, value]) => [key.replace(/^([^:]+):(?:config:)?/, "$1:config:"), value]),
  );
}

interface RuntimeOptions {
  readonly typescript: boolean;
  readonly tsconfig: string | undefined;
  readonly nodeargs: string | undefined;
}

function parseOptions(raw: Record<string, JavaScriptValue>): RuntimeOptions {
  return {
    typescript: optionOf(raw, "typescript", "boolean") ?? true,
    tsconfig: optionOf(raw, "tsconfig", "string"),
    nodeargs: optionOf(raw, "nodeargs", "string"),
  };
}

function optionOf(
  raw: Record<string, JavaScriptValue>,
  name: string,
  type: "boolean",
): boolean | undefined;
function optionOf(
  raw: Record<string, JavaScriptValue>,
  name: string,
  type: "string",
): string | undefined;
function optionOf(raw: Record<string, JavaScriptValue>, name: string, type: string): unknown {
  const value = raw[name];
  if (value === undefined || typeof value === type) return value;
  throw new Error(
    `runtime.options.${name} in Pulumi.yaml must be a ${type}, got ${JSON.stringify(value)}.`,
  );
}

function resolveRunner(directory: string): string {
  try {
    return createRequire(join(directory, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  } catch (cause) {
    throw new Error(`@pulumi/pulumi is not installed in ${directory}; run \`npm ci\` there.`, {
      cause,
    });
  }
}
