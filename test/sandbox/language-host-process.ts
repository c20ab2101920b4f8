import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import languageProto from "@pulumi/pulumi/proto/language_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";

const launcher = "sandbox/language-host/pulumi-language-nodejs";

/** A language host as the engine starts it, with an engine that it can see come and go. */
export interface HostProcess extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly client: languageGrpc.LanguageRuntimeClient;
  readonly engineAddress: string;
  /** What it printed after the line with its port. */
  readonly output: string[];
  /** Makes one call: `host.call((done) => host.client.run(request, done))`. */
  call<Response>(start: (done: Done<Response>) => grpc.ClientUnaryCall): Promise<Response>;
  stopEngine(): void;
}

type Done<Response> = (error: grpc.ServiceError | null, response: Response) => void;

export async function startHost(options: { engineAddress?: string } = {}): Promise<HostProcess> {
  const engine = new grpc.Server();
  const listen = promisify(engine.bindAsync.bind(engine));
  const enginePort = await listen("127.0.0.1:0", grpc.ServerCredentials.createInsecure());
  const engineAddress = options.engineAddress ?? `127.0.0.1:${enginePort}`;

  const host = spawn(launcher, [engineAddress], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(host, "exit");
  const lines = createInterface({ input: host.stdout });
  const [port] = await once(lines, "line");
  const output: string[] = [];
  lines.on("line", (line) => output.push(line));
  const client = new languageGrpc.LanguageRuntimeClient(
    `127.0.0.1:${port}`,
    grpc.credentials.createInsecure(),
  );
  return {
    process: host,
    client,
    engineAddress,
    output,
    call: (start) =>
      new Promise((resolve, reject) => {
        start((error, response) => (error ? reject(error) : resolve(response)));
      }),
    stopEngine: () => engine.forceShutdown(),
    async [Symbol.asyncDispose]() {
      client.close();
      engine.forceShutdown();
      host.kill("SIGTERM");
      await exited;
    },
  };
}

export interface ProjectFolder extends AsyncDisposable {
  readonly path: string;
}

/** A folder with files, by relative path, and, unless there is one among them, our node_modules. */
export async function makeFolder(files: Readonly<Record<string, string>>): Promise<ProjectFolder> {
  const path = await mkdtemp(join(tmpdir(), "language-host-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(path, name, ".."), { recursive: true });
    await writeFile(join(path, name), text);
  }
  if (!Object.keys(files).some((name) => name.startsWith("node_modules/"))) {
    await symlink(join(process.cwd(), "node_modules"), join(path, "node_modules"));
  }
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

/** A runner in the place of the SDK's, for programs that are about the process and not about Pulumi. */
export function folderWithRunner(runner: string): Promise<ProjectFolder> {
  return makeFolder({
    "package.json": "{}",
    "node_modules/@pulumi/pulumi/package.json": '{ "name": "@pulumi/pulumi" }',
    "node_modules/@pulumi/pulumi/cmd/run/index.js": runner,
  });
}

export function programInfo(
  directory: string,
  options: Record<string, string | boolean> = { typescript: false },
): languageProto.ProgramInfo {
  return new languageProto.ProgramInfo()
    .setRootDirectory(directory)
    .setProgramDirectory(directory)
    .setEntryPoint("index.ts")
    .setOptions(Struct.fromJavaScript(options));
}

export function runRequest(info: languageProto.ProgramInfo): languageProto.RunRequest {
  return new languageProto.RunRequest()
    .setInfo(info)
    .setMonitorAddress("127.0.0.1:1")
    .setOrganization("organization")
    .setProject("project")
    .setStack("stack")
    .setParallel(4);
}
