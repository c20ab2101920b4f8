import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";

/** A Git checkout in a temporary folder, every file tracked; gone at the end of `await using`. */
export interface Checkout extends AsyncDisposable {
  readonly folder: string;
  /** Writes a file; Git tracks it unless told otherwise. */
  write(path: string, text: string, options?: { tracked: boolean }): Promise<void>;
}

export async function makeCheckout(files: Readonly<Record<string, string>>): Promise<Checkout> {
  const folder = await mkdtemp(join(tmpdir(), "flake-"));
  const git = (...args: string[]) => execa("git", ["-C", folder, ...args]);
  await git("init", "--quiet");
  const write: Checkout["write"] = async (path, text, options) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
    if (options?.tracked ?? true) await git("add", path);
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  return {
    folder,
    write,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** A Nix expression for a derivation that runs a shell script of the machine's own /bin/sh. */
export function shellDerivation(name: string, script: string, outputs = ["out"]): string {
  return `derivation {
    name = "${name}";
    system = "x86_64-linux";
    builder = "/bin/sh";
    args = [ "-c" ''${script}'' ];
    outputs = [ ${outputs.map((output) => `"${output}"`).join(" ")} ];
  }`;
}
