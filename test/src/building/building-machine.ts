import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createMachine } from "../../../sandbox/machines/machine.ts";
import type { BuildingMachine } from "../../../src/building/on-machine.ts";
import { evaluate } from "../../../src/nix/evaluate.ts";
import { makeCheckout, shellDerivation } from "../../helpers/flake-checkout.ts";
import { makeTestHome } from "../../sandbox/machines/test-home.ts";

/** A machine with a Nix of its own that other computers' builds can run on. */
export interface TestBuilder extends AsyncDisposable {
  readonly name: string;
  readonly target: BuildingMachine;
  /** File of the private key that it lets in. */
  readonly keyFile: string;
  run(command: string): Promise<string>;
}

export async function makeTestBuilder(name: string): Promise<TestBuilder> {
  const at = await makeTestHome();
  const { address } = await createMachine(at.home, name, at.seed);
  const target: BuildingMachine = {
    ...at.targetOf(address),
    ...{ connectTimeoutSeconds: 60, compress: false, stack: "iplz/test" },
  };
  return {
    name,
    target,
    keyFile: join(at.home, "user"),
    run: (command) => at.ssh(address, command),
    [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
  };
}

/** Says in its output which computer built it. */
export const writeWhere = "read where < /proc/sys/kernel/hostname; echo $where > $out";

/** A derivation that no store has built, of a script of /bin/sh. */
export async function freshDerivation(name: string, script: string, platform = "x86_64-linux") {
  const derivation = shellDerivation(`${name}-${process.pid}-${Date.now()}`, script).replace(
    "x86_64-linux",
    platform,
  );
  const checkout = await makeCheckout({
    "flake.nix": `{ outputs = _: { packages.x86_64-linux.it = ${derivation}; }; }`,
  });
  onTestFinished(() => checkout[Symbol.asyncDispose]());
  const evaluation = await evaluate({ flake: checkout.folder, attribute: "it" });
  return { ...evaluation, installable: "FLAKE#it", gcRoot: join(checkout.folder, "gcroots/it") };
}

export async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: Error) => error.message,
  );
}
