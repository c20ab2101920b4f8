import type { Operation } from "../../lib/operation.ts";
import type { CommandResults } from "../command-resource.ts";
import { CommandOutput, commandError, previousOutputVariables } from "../output.ts";
import type { InputsOf } from "../schemas.ts";
import { collectArchive, collectAssets } from "./assets.ts";

type ProcessInputs = Omit<InputsOf<"command:local:run">, "command">;

/** Runs a command on this computer, and gathers what it printed and the files it left. */
export async function runProcess(
  command: string,
  inputs: ProcessInputs,
  previous: CommandResults,
  operation: Operation,
): Promise<CommandResults> {
  const [file = "/bin/sh", ...args] = inputs.interpreter?.length
    ? inputs.interpreter
    : ["/bin/sh", "-c"];
  const output = new CommandOutput(inputs.logging, operation);
  // Loaded here, for a preview runs nothing: the real plugin starts at once.
  const { execa } = await import("execa");
  const subprocess = execa(file, [...args, command], {
    ...(inputs.dir !== undefined && { cwd: inputs.dir }),
    ...(inputs.stdin ? { input: inputs.stdin } : { stdin: "ignore" }),
    env: {
      ...inputs.environment,
      ...previousOutputVariables(inputs.addPreviousOutputInEnv, previous),
    },
    buffer: false,
    reject: false,
    cancelSignal: operation.signal,
    // A shell's own children would go on after it, and keep its output open.
    killDescendants: true,
    forceKillAfterDelay: 2000,
  });
  subprocess.stdout?.on("data", (chunk: Buffer) => output.stdout.write(chunk));
  subprocess.stderr?.on("data", (chunk: Buffer) => output.stderr.write(chunk));

  const result = await subprocess;
  const texts = { stdout: output.stdout.end(), stderr: output.stderr.end() };
  if (result.failed) throw commandError(failureReason(result), command, output);

  const dir = inputs.dir ?? process.cwd();
  return {
    ...previous,
    ...texts,
    ...(inputs.assetPaths && { assets: await collectAssets(dir, inputs.assetPaths) }),
    ...(inputs.archivePaths && { archive: await collectArchive(dir, inputs.archivePaths) }),
  };
}

function failureReason(result: {
  isCanceled: boolean;
  exitCode?: number | undefined;
  signal?: string | undefined;
  originalMessage?: string | undefined;
}): string {
  if (result.isCanceled) return "cancelled";
  if (result.signal !== undefined) return `signal: ${result.signal}`;
  if (result.exitCode !== undefined) return `exit status ${result.exitCode}`;
  return result.originalMessage ?? "could not be started";
}
