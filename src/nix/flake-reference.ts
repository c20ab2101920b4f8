import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { NixError } from "./cli.ts";

/**
 * The flake reference with every local path made absolute, seen from the given folder, as Nix takes
 * it on any command line: `.` and `path:./nix` gain their folder, `github:NixOS/nixpkgs` stays.
 */
export function absoluteFlakeReference(reference: string, from: string): string {
  if (isPath(reference)) return resolve(from, reference);
  const [scheme, rest] = splitOnce(reference, ":");
  if (scheme !== "path" || rest === undefined) return reference;
  const [path, query] = splitOnce(rest, "?");
  return `path:${resolve(from, path)}${query === undefined ? "" : `?${query}`}`;
}

/**
 * The local folder of a flake, or undefined for one that is somewhere else.
 *
 * @throws {NixError} when the reference names a folder that is not there or has no flake.nix.
 */
export function flakeFolder(reference: string, from: string): string | undefined {
  const absolute = absoluteFlakeReference(reference, from);
  const path = absolute.startsWith("path:") ? absolute.slice(5).split("?")[0] : absolute;
  if (path === undefined || !path.startsWith("/")) return undefined;
  if (!existsSync(path)) {
    throw new NixError(
      `There is no flake at ${reference}: the folder ${path} does not exist. Name the folder that ` +
        "holds flake.nix, or a flake reference such as github:OWNER/REPO.",
    );
  }
  if (!statSync(path).isDirectory() || !existsSync(join(path, "flake.nix"))) {
    throw new NixError(
      `There is no flake at ${reference}: ${path} has no flake.nix. Name the folder that holds it.`,
    );
  }
  return path;
}

/** The top of the Git checkout that a folder is in, or undefined outside of one. */
export function gitCheckout(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (at === dirname(at)) return undefined;
  }
}

function isPath(reference: string): boolean {
  return /^(\.{1,2}(\/|$)|\/)/.test(reference);
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
