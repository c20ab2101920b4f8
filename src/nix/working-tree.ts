import { globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gitCheckout } from "./flake-reference.ts";

/** A path that Nix tells of a source: in the store, or as it names one that it did not copy there. */
export const toldPath = /(\/nix\/store\/[a-z0-9]{32}-source|«[^»]*»)\/([^\s'"`:,;]+)/;

/** The folder that a local flake's source is made of. */
export interface WorkingTree {
  /** The file there that Nix tells of; undefined where it is of another source, such as nixpkgs. */
  fileOf(told: string): string | undefined;
  /** The only place, as FILE:LINE:COLUMN, that matches in one of its Nix files, or in the one given. */
  only(pattern: RegExp, file?: string): string | undefined;
}

export function workingTree(flakeFolder: string): WorkingTree {
  const roots = [gitCheckout(flakeFolder), flakeFolder].filter((root) => root !== undefined);
  const flakeFile = join(flakeFolder, "flake.nix");
  const isMadeOf = (source: string, path: string, root: string) => {
    if (source.startsWith("«")) return source.includes(root);
    const text = textOf(join(source, relative(root, flakeFile)));
    // Without a flake it is this one's, if that is what Nix was looking for.
    return text === undefined
      ? `${flakeFile}/`.startsWith(`${join(root, path)}/`)
      : text === textOf(flakeFile);
  };
  return {
    fileOf(told) {
      const [, source = "", path = ""] = toldPath.exec(told) ?? [];
      const root = roots.find((each) => path && isMadeOf(source, path, each));
      return root && join(root, path);
    },
    only(pattern, file) {
      const files = file === undefined ? nixFilesIn(flakeFolder) : [file];
      const found = files.flatMap((each) => placesIn(each, pattern));
      return found.length === 1 ? found[0] : undefined;
    },
  };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function nixFilesIn(folder: string): string[] {
  const exclude = (name: string) => /(^|\/)(node_modules|\.[^/]+)$/.test(name);
  return globSync("**/*.nix", { cwd: folder, exclude }).map((path) => join(folder, path));
}

function placesIn(file: string, pattern: RegExp): string[] {
  const lines = textOf(file)?.split("\n") ?? [];
  return lines.flatMap((line, at) => {
    const column = line.search(pattern);
    return column < 0 ? [] : `${file}:${at + 1}:${column + 1}`;
  });
}
