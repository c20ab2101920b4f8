import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ActivationConfig } from "../config/activation.ts";

const read = (name: string) =>
  readFileSync(join(import.meta.dirname, "on-machine", `${name}.sh`), "utf8");

const end = "END_OF_THE_ACTIVATION";

/** What runs on a machine, each as the text that a shell reads from standard input. */
export const scripts = {
  /** Begins an activation and shows its log to the end. */
  start: `write_activation() {\n  cat <<'${end}'\n${read("units")}${read("activate")}${end}\n}\n${read("start")}`,
  /** Waits until an activation waits for its confirmation. */
  await: read("await"),
  /** Gives one its answer. */
  answer: read("answer"),
};

export interface ActivationRequest extends ActivationConfig {
  readonly system: string;
  readonly keepGenerations: number;
  /** Whose activation it is, for everybody who finds it going on. */
  readonly stack: string;
}

/** The command line of the script `start`. SSH_CONNECTION holds the address that it comes from. */
export function startCommand(request: ActivationRequest): string {
  const { system, mode, keepGenerations, timeoutSeconds, confirmTimeoutSeconds, stack } = request;
  const words = [system, mode, keepGenerations, timeoutSeconds, confirmTimeoutSeconds, stack];
  return `sh -s -- ${words.join(" ")} "$SSH_CONNECTION"`;
}

/** As the script names the activation on the machine. */
export function purposeOf({ mode, system, stack }: ActivationRequest): string {
  return `${mode} ${system} for ${stack}`;
}
