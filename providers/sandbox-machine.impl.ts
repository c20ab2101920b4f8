import "../src/compile-cache.js";
import type * as dynamic from "@pulumi/pulumi/dynamic/index.js";
import { sshPort } from "../sandbox/machines/addresses.ts";
import type { Machine } from "../sandbox/machines/machine.ts";
import { faultInMachineName, sandboxHome } from "../sandbox/machines/paths.ts";
import { unknown } from "./unknown.ts";

interface Args {
  readonly machineName: string;
  readonly system: string;
  readonly hostPrivateKey: string;
  readonly hostPublicKey: string;
}

interface Results extends Machine {
  readonly port: number;
}

/** Results are among the inputs too, once they are known: {@link check} says why. */
type Inputs = Args & Partial<Results>;
type Outputs = Args & Results;

const faultIn: Record<keyof Args, (value: unknown) => string | undefined> = {
  machineName: faultInMachineName,
  system: (value) =>
    isMatch(value, /^\/nix\/store\/[0-9a-z]{32}-[^/]+$/)
      ? undefined
      : `${JSON.stringify(value)} is not the store path of a system (/nix/store/HASH-NAME). Give it the outPath of one.`,
  hostPrivateKey: (value) =>
    isMatch(
      value,
      /^-----BEGIN OPENSSH PRIVATE KEY-----\n[\s\S]+-----END OPENSSH PRIVATE KEY-----\s*$/,
    )
      ? undefined
      : "is not a private key in OpenSSH's format. Make one with ssh-keygen -t ed25519.",
  hostPublicKey: (value) =>
    isMatch(value, /^ssh-ed25519 [A-Za-z0-9+/]+=*( .*)?\s*$/)
      ? undefined
      : `${JSON.stringify(value)} is not an Ed25519 public key (ssh-ed25519 AAAA...). Give it the publicKey of an SshKey.`,
};

/**
 * Keeps of a machine that stays what is its own: the system that it was made from, and its results.
 * At preview an update's outputs are its inputs, so what depends on the address of a machine that is
 * to be started sees no change.
 */
export async function check(
  olds: Partial<Inputs>,
  news: Args,
): Promise<dynamic.CheckResult<Inputs>> {
  const failures = Object.entries(faultIn).flatMap(([property, fault]) => {
    const value = news[property as keyof Args];
    const reason = value === unknown ? undefined : fault(value);
    return reason ? [{ property, reason }] : [];
  });
  const kept = replacesOf(olds, news).length === 0 ? olds : {};
  return { inputs: { ...news, ...kept, state: "running" }, failures };
}

/** A system is only what a machine is made from, so a new one is no change to it. */
export async function diff(_id: string, olds: Outputs, news: Inputs): Promise<dynamic.DiffResult> {
  const replaces = replacesOf(olds, news);
  return {
    changes: replaces.length > 0 || olds.state !== "running",
    replaces,
  };
}

export async function create(inputs: Inputs): Promise<dynamic.CreateResult<Outputs>> {
  const { createMachine } = await machines();
  const machine = await createMachine(sandboxHome(), inputs.machineName, inputs);
  return { id: inputs.machineName, outs: outputs(inputs, machine) };
}

export async function update(
  _id: string,
  olds: Outputs,
  news: Inputs,
): Promise<dynamic.UpdateResult<Outputs>> {
  const { startMachine } = await machines();
  const machine = await startMachine(sandboxHome(), olds.machineName);
  return { outs: outputs(news, machine) };
}

/** An empty id says that the machine is gone, so that the next `up` makes it again. */
export async function read(id: string, props: Outputs): Promise<dynamic.ReadResult<Outputs>> {
  const { readMachine } = await machines();
  const machine = await readMachine(sandboxHome(), id);
  if (!machine) return { id: "" };
  const found = outputs(props, machine);
  return { id, props: found, inputs: found };
}

async function remove(id: string): Promise<void> {
  const { deleteMachine } = await machines();
  await deleteMachine(sandboxHome(), id);
}

export { remove as delete };

/** Loaded by what does something to a machine: most runs only compare. */
function machines() {
  return import("../sandbox/machines/machine.ts");
}

/** A value that is not known at preview counts as another one: `up` compares it when it is known. */
function replacesOf(olds: Partial<Inputs>, news: Inputs): string[] {
  return (["machineName", "hostPrivateKey", "hostPublicKey"] as const).filter(
    (property) => news[property] !== olds[property],
  );
}

function outputs(args: Args, machine: Machine): Outputs {
  const { machineName, system, hostPrivateKey, hostPublicKey } = args;
  return { machineName, system, hostPrivateKey, hostPublicKey, ...machine, port: sshPort };
}

function isMatch(value: unknown, pattern: RegExp): boolean {
  return typeof value === "string" && pattern.test(value);
}
