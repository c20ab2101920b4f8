import { relative } from "node:path";
import { NixError } from "./cli.ts";
import { flakeFolder, gitCheckout } from "./flake-reference.ts";

/**
 * The reference of the same flake at a Git revision. Of a local flake that is what Git holds, whatever
 * the working tree looks like.
 *
 * @param from the folder that a relative path is seen from.
 * @throws {NixError} when the flake is nothing that has revisions.
 */
export function flakeAtRevision(reference: string, revision: string, from: string): string {
  const folder = flakeFolder(reference, from);
  if (folder !== undefined) return localAtRevision(reference, revision, folder);
  const [address = "", query = ""] = reference.split("?");
  const settings = query.split("&").filter((each) => each !== "" && !each.startsWith("rev="));
  if (/^git(\+\w+)?:/.test(address)) return join(address, [...settings, `rev=${revision}`]);
  const hosted = /^((?:github|gitlab|sourcehut):[^/]+\/[^/]+)(?:\/.*)?$/.exec(address)?.[1];
  const named = /^(?:flake:)?([A-Za-z][\w-]*)(?:\/.*)?$/.exec(address)?.[1];
  const repository = hosted ?? (named && `flake:${named}`);
  if (repository === undefined) throw hasNoRevisions(reference, revision);
  // Nix refuses a branch and a revision together.
  const others = settings.filter((each) => !each.startsWith("ref="));
  return join(`${repository}/${revision}`, others);
}

function localAtRevision(reference: string, revision: string, folder: string): string {
  const checkout = gitCheckout(folder);
  if (checkout === undefined) throw hasNoRevisions(reference, revision);
  const within = relative(checkout, folder);
  return join(`git+file://${encodeURI(checkout)}`, [
    ...(within === "" ? [] : [`dir=${encodeURIComponent(within)}`]),
    `rev=${revision}`,
  ]);
}

function join(address: string, settings: readonly string[]): string {
  return settings.length === 0 ? address : `${address}?${settings.join("&")}`;
}

function hasNoRevisions(reference: string, revision: string): NixError {
  return new NixError(
    `The flake ${reference} has no revision ${revision}: it is not in a Git repository. Give system a ` +
      "store path instead, or flake a reference to a repository.",
  );
}
