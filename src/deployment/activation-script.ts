import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ActivationConfig } from "../config/activation.ts";

/** What runs on a machine, each as the text that a shell reads from standard input. */
export const scripts = {
  /** Begins an activation and shows its log to the end. */
  start: startWith({ activate: ["units", "begin", "way-back", "staying", "activate"] }),
  /** The same for one by reboot, which ends with the outcome, or with 75 when the machine reboots. */
  startWithReboot: startWith({
    activate: ["units", "begin", "way-back", "staying", "activate"],
    prove: ["units", "begin", "way-back", "staying", "prove"],
    resume: ["unit", "resume"],
  }),
  /** Waits for the end of one by reboot. */
  outcome: read("outcome"),
  /** Waits until an activation waits for its confirmation. */
  await: read("await"),
  /** Gives one its answer. */
  answer: read("answer"),
};

/** @param written files that go into the activation's directory, each of these texts. */
function startWith(written: Readonly<Record<string, readonly string[]>>): string {
  const files = Object.entries(written).map(([file, names]) => {
    const end = `END_OF_${file.toUpperCase()}`;
    return `  cat >"$here/${file}" <<'${end}'\n${names.map(read).join("")}${end}\n`;
  });
  return `write_scripts() {\n${files.join("")}}\n${read("unit")}${read("start")}`;
}

/** Without comments and indentation, which nobody reads there. */
function read(name: string): string {
  const text = readFileSync(join(import.meta.dirname, "on-machine", `${name}.sh`), "utf8");
  const lines = text.split("\n").map((line) => line.trimStart());
  return `${lines.filter((line) => line !== "" && !line.startsWith("#")).join("\n")}\n`;
}

export interface ActivationRequest extends ActivationConfig {
  readonly system: string;
  readonly keepGenerations: number;
  /** Whose activation it is, for everybody who finds it going on. */
  readonly stack: string;
}

/** The command line of the scripts that start. SSH_CONNECTION holds the address that it comes from. */
export function startCommand(request: ActivationRequest): string {
  const { system, keepGenerations, timeoutSeconds, confirmTimeoutSeconds, stack } = request;
  const times = [timeoutSeconds, confirmTimeoutSeconds];
  const words = [system, modeOf(request), keepGenerations, ...times, stack];
  return `sh -s -- ${words.join(" ")} "$SSH_CONNECTION"`;
}

/** The system that such a command line, or one of another user for root, activates. */
export function systemIn(command: string): string {
  return /\/nix\/store\/\S+/.exec(command)?.[0] ?? "";
}

/** As the script names the activation on the machine. */
export function purposeOf(request: ActivationRequest): string {
  return `${modeOf(request)} ${request.system} for ${request.stack}`;
}

function modeOf({ mode, reboot }: ActivationRequest): string {
  return reboot ? "reboot" : mode;
}
