import { randomBytes } from "node:crypto";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Makes a copy of the stand-in nixpkgs of which nothing has been built yet: each of its derivations has
 * another PATH than in any other copy.
 */
export async function makeFreshNixpkgs(folder: string): Promise<void> {
  await cp(join(process.env.SANDBOX_HOME ?? "", "nixpkgs"), folder, { recursive: true });
  const file = join(folder, "pkgs/builders.nix");
  const text = await readFile(file, "utf8");
  const path = '"/usr/bin:/bin"';
  if (!text.includes(path)) throw new Error(`${file} has no ${path} to change.`);
  await writeFile(file, text.replace(path, `"/usr/bin:/bin:/${randomBytes(8).toString("hex")}"`));
}
