// A language host for Pulumi programs on Node.js, for computers that cannot get Pulumi's own. The
// engine starts it with its address as the last argument and reads the port from the first line.
import * as grpc from "@grpc/grpc-js";
import languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import { watchEngine } from "./engine.ts";
import { createLanguageRuntime } from "./language-runtime.ts";
import { Program } from "./program.ts";

const program = new Program();
const engineAddress = process.argv.at(-1) ?? "";

// The engine sends SIGINT and, five seconds later, SIGKILL.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => exitAfter(program.cancel()));
}
watchEngine(engineAddress, () => exitAfter(program.cancel()));

const server = new grpc.Server({
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
});
server.addService(
  languageGrpc.LanguageRuntimeService,
  createLanguageRuntime({ engineAddress, program }),
);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    console.error(`The language host cannot listen on 127.0.0.1: ${error.message}`);
    process.exit(1);
  }
  console.log(port);
});

function exitAfter(work: Promise<void>): void {
  void work.finally(() => process.exit(0));
}
