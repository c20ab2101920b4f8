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
