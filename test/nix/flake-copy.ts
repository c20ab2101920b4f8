import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { onTestFinished } from "vitest";
import { sandboxHome } from "../../sandbox/machines/paths.ts";
import { evaluate, type FlakeContext } from "../../src/nix/evaluate.ts";
import { makeCheckout } from "../helpers/flake-checkout.ts";

/** What the flake's outputs can depend on; README.md stands for all that they cannot. */
const parts = ["flake.nix", "flake.lock", "nix", "app", "package.json", "src/nix/evaluator"];

export const overrideInputs = { nixpkgs: `path:${sandboxHome()}/nixpkgs` };

/** A copy of this project's flake to edit, gone at the end of the test. */
export async function copyFlake() {
  const { stdout } = await execa("git", ["ls-files", "-z", "--", ...parts]);
  const files: Record<string, string> = { "README.md": "An introduction.\n" };
  for (const path of stdout.split("\0").filter((name) => name !== ""))
    files[path] = await readFile(path, "utf8");
  const copy = await makeCheckout(files);
  onTestFinished(() => copy[Symbol.asyncDispose]());
  const context: FlakeContext = { flake: copy.folder, overrideInputs };
  /** Replaces a text that must be there. */
  const edit = async (path: string, from: string, to: string) => {
    const text = files[path];
    if (!text?.includes(from)) throw new Error(`${path} does not have ${JSON.stringify(from)}`);
    await copy.write(path, text.replace(from, to));
  };
  return { context, edit };
}

/** Which of the names lead to another derivation in the one than in the other. */
export function changed(before: Derivations, after: Derivations): string[] {
  return Object.keys(before).filter((name) => before[name] !== after[name]);
}

type Derivations = Readonly<Record<string, string>>;

const attributes: Readonly<Record<string, string>> = {
  bootstrap: "nixosConfigurations.bootstrap.config.system.build.toplevel",
  live: "nixosConfigurations.live.config.system.build.toplevel",
  server: "nixosConfigurations.server.config.system.build.toplevel",
  vm: "nixosConfigurations.vm.config.system.build.toplevel",
  iplz: "iplz",
  "iplz-server": "iplz-server",
};

/** The derivations of every system and of the application. */
export async function derivations(context: FlakeContext): Promise<Derivations> {
  const evaluated = Object.entries(attributes).map(async ([name, attribute]) => {
    const { drvPath } = await evaluate({ ...context, attribute });
    return [name, drvPath] as const;
  });
  return Object.fromEntries(await Promise.all(evaluated));
}
