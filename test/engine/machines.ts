import { connect } from "../../src/ssh/connection.ts";
import type { Project } from "./project.ts";

/** One entry of the stack's output `machines`. */
export interface MachineOutput {
  readonly name: string;
  readonly address: string;
  readonly url: string;
  readonly system: string;
}

export async function machinesOf({ stack }: Project): Promise<MachineOutput[]> {
  const { machines } = await stack.outputs();
  return machines?.value as MachineOutput[];
}

/** What the application says to this computer. */
export async function answerOf(machine: MachineOutput | undefined): Promise<string> {
  const response = await fetch(machine?.url ?? "", { signal: AbortSignal.timeout(10_000) });
  return response.text();
}

/** SSH host key of the nth machine of a sandbox stack, from its state. */
export async function hostKeyOf({ stack }: Project, number = 1): Promise<string> {
  const { deployment } = await stack.exportStack();
  const key = deployment.resources.find(({ urn }: { urn: string }) =>
    urn.endsWith(`::machine-${number}-host-key`),
  );
  return key.outputs.publicKey;
}

/** What a command prints on a machine of the stack, as root with a key that it lets in. */
export async function runOn(
  project: Project,
  command: string,
  privateKey: string,
  number = 1,
): Promise<string> {
  const machine = (await machinesOf(project))[number - 1];
  const hostPublicKey = await hostKeyOf(project, number);
  const target = { address: machine?.address ?? "", port: 22, user: "root", hostPublicKey };
  await using connection = await connect({ ...target, privateKey }, 30);
  const { stdout, stderr, exitCode } = await connection.run(command);
  if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}:\n${stdout}${stderr}`);
  return stdout.trimEnd();
}
