import { basename } from "node:path";

/**
 * Whether the text is a store path and nothing else. Nix takes names of 1 to 211 of these characters,
 * none of which means anything to a shell, and hashes in its own base 32.
 */
export function isStorePath(text: string): boolean {
  return /^\/nix\/store\/[0-9a-df-np-sv-z]{32}-[0-9A-Za-z+\-_?=][0-9A-Za-z+\-._?=]{0,210}$/.test(
    text,
  );
}

/** The name in a store path. */
export function storeNameOf(path: string): string {
  return basename(path).replace(/^[^-]+-/, "");
}

/** The name of a derivation, and of its output `out`. */
export function derivationNameOf(drvPath: string): string {
  return storeNameOf(drvPath).replace(/\.drv$/, "");
}
