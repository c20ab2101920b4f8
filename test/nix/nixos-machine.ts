import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createMachine } from "../../sandbox/machines/machine.ts";
import { copyClosureToMachine } from "../../src/deployment/copy-to-machine.ts";
import { build } from "../../src/nix/build.ts";
import { evaluate } from "../../src/nix/evaluate.ts";
import type { SshTarget } from "../../src/ssh/target.ts";
import { makeCheckout } from "../helpers/flake-checkout.ts";
import { makeTestHome, type TestHome } from "../sandbox/machines/test-home.ts";
import { overrideInputs } from "./flake-copy.ts";

/** A machine to switch between systems; each lets the test in by SSH and has some options more. */
export interface NixosMachine extends AsyncDisposable {
  readonly address: string;
  /** How to get into it. */
  readonly target: SshTarget;
  /** The system that the machine booted first. */
  readonly firstSystem: string;
  /** Builds the system with these options, as Nix text, and copies its closure to the machine. */
  addSystem(options: string): Promise<string>;
  run(command: string): Promise<string>;
  /** Runs switch-to-configuration, and tells what it printed and its status. */
  activate(system: string, action?: string): Promise<{ printed: string[]; status: number }>;
}

export async function makeNixosMachine(): Promise<NixosMachine> {
  const at = await makeTestHome();
  return makeMachine(at).catch(async (error: unknown) => {
    await at[Symbol.asyncDispose]();
    throw error;
  });
}

async function makeMachine(at: TestHome): Promise<NixosMachine> {
  const authorizedKey = (await readFile(join(at.home, "user.pub"), "utf8")).trim();
  let built = 0;
  const buildSystem = async (options: string) => {
    built += 1;
    await using flake = await makeCheckout({
      "flake.nix": flakeOf(authorizedKey),
      "module.nix": `{ lib, ... }: { ${options} }`,
    });
    const { drvPath, outPath } = await evaluate({
      flake: flake.folder,
      overrideInputs,
      attribute: "system",
    });
    const gcRoot = join(at.home, `system-${built}`);
    await build({ drvPath, gcRoot, installable: "system", onLine: () => {} });
    return outPath;
  };
  const firstSystem = await buildSystem("");
  const seed = { ...at.seed, system: firstSystem };
  const { address } = await createMachine(at.home, "nixos", seed);
  const run = (command: string) => at.ssh(address, command);
  const target = at.targetOf(address);
  return {
    address,
    target,
    firstSystem,
    run,
    async addSystem(options) {
      const system = await buildSystem(options);
      const request = {
        ...{ ...target, connectTimeoutSeconds: 5, stack: "iplz/test" },
        ...{ substituteOnDestination: false, compress: false },
      };
      await copyClosureToMachine(system, request, () => {});
      return system;
    },
    async activate(system, action = "switch") {
      const text = await run(`${system}/bin/switch-to-configuration ${action} 2>&1; echo $?`);
      const lines = text.split("\n");
      return { status: Number(lines.pop()), printed: lines };
    },
    [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
  };
}

const flakeOf = (authorizedKey: string) => `{
  inputs.nixpkgs.url = "path:/nonexistent";
  outputs = { nixpkgs, ... }: {
    system = (nixpkgs.lib.nixosSystem {
      modules = [
        ./module.nix
        {
          nixpkgs.hostPlatform = "x86_64-linux";
          system.stateVersion = "26.05";
          networking.hostName = nixpkgs.lib.mkDefault "";
          services.openssh.enable = true;
          users.users.root.openssh.authorizedKeys.keys = [ "${authorizedKey}" ];
        }
      ];
    }).config.system.build.toplevel;
  };
}`;
