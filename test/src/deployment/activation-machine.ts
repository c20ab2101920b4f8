import { createMachine, stopMachine } from "../../../sandbox/machines/machine.ts";
import {
  type ActivationRequest,
  purposeOf,
  startCommand,
} from "../../../src/deployment/activation-script.ts";
import { type Confirmation, confirmActivation } from "../../../src/deployment/confirm.ts";
import { copyClosureToMachine } from "../../../src/deployment/copy-to-machine.ts";
import { packedStart } from "../../../src/deployment/packed-start.ts";
import { connect } from "../../../src/ssh/connection.ts";
import type { SshTarget } from "../../../src/ssh/target.ts";
import { makeTestHome } from "../../sandbox/machines/test-home.ts";

/** A machine whose systems are a switch-to-configuration each, to see what an activation makes of them. */
export interface ActivationMachine extends AsyncDisposable {
  readonly target: SshTarget;
  /** A system whose switch-to-configuration is the script, in the machine's store unless told not to be. */
  makeSystem(script?: string, options?: SystemOptions): Promise<string>;
  /** Activates a system and confirms it as the program does, unless told not to. */
  activate(system: string, options?: ActivateOptions): Promise<Ended>;
  run(command: string): Promise<string>;
  powerOff(): Promise<void>;
}

interface SystemOptions {
  readonly isCopied?: boolean;
  /** Other files of the system. */
  readonly files?: Readonly<Record<string, string>>;
}

interface ActivateOptions extends Partial<Omit<ActivationRequest, "system">> {
  readonly healthChecks?: Confirmation["healthChecks"];
  readonly isConfirmed?: boolean;
}

export interface Ended {
  readonly status: number | undefined;
  readonly printed: string[];
}

export async function makeActivationMachine(): Promise<ActivationMachine> {
  const at = await makeTestHome();
  let made = 0;
  const makeSystem: ActivationMachine["makeSystem"] = async (
    script = "",
    { isCopied = true, files = {} } = {},
  ) => {
    made += 1;
    const system = await at.addSystem(`switching-${process.pid}-${made}`, undefined, {
      "bin/switch-to-configuration":
        '#!/bin/sh\nset -e\nsystem=$(dirname "$(dirname "$0")")\n' +
        `case $1 in switch | test) ln -sfn "$system" /run/current-system ;; esac\n${script}\n`,
      ...files,
    });
    if (isCopied) await copyClosureToMachine(system, copyRequest(), () => {});
    return system;
  };
  const { address } = await createMachine(at.home, "activation", at.seed);
  const target = at.targetOf(address);
  const copyRequest = () => ({
    ...target,
    ...{ substituteOnDestination: false, compress: false, connectTimeoutSeconds: 5 },
    stack: "iplz/test",
  });
  const run = async (command: string) => at.ssh(address, command);
  await run(
    "ln -s $(readlink -f /nix/var/nix/profiles/system) /run/current-system; " +
      "mkdir -p /nix/var/nix/gcroots; ln -s /run/current-system /nix/var/nix/gcroots",
  );
  return {
    target,
    makeSystem,
    run,
    activate: (system, options = {}) => activate(target, system, options),
    powerOff: () => stopMachine(at.home, "activation"),
    [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
  };
}

async function activate(
  target: SshTarget,
  system: string,
  { healthChecks = [], isConfirmed = true, ...rest }: ActivateOptions,
): Promise<Ended> {
  const request: ActivationRequest = {
    ...{ system, mode: "switch", reboot: false, keepGenerations: 1000, stack: "iplz/test" },
    ...{ timeoutSeconds: 60, confirmTimeoutSeconds: 60 },
    ...rest,
  };
  const ends = new AbortController();
  const confirmation: Confirmation = {
    ...{ target, purpose: purposeOf(request), healthChecks },
    confirmTimeoutSeconds: request.confirmTimeoutSeconds,
  };
  const confirmed = isConfirmed
    ? confirmActivation(confirmation, ends.signal, () => {})
    : Promise.resolve();
  await using machine = await connect(target, 10);
  const command = `sh -c '${startCommand(request)} 2>&1'`;
  const { exitCode, stdout } = await machine.run(command, { stdin: packedStart });
  ends.abort();
  await confirmed;
  return { status: exitCode, printed: stdout.trimEnd().split("\n") };
}
