import { nixVersion, runNix } from "./cli.ts";

/** What `nix path-info` tells of store paths: an array up to Nix 2.18, then an object keyed by path. */
export async function pathInfo(...words: readonly string[]): Promise<unknown> {
  return JSON.parse(await runNix(["path-info", ...formatOptions(await nixVersion()), ...words]));
}

/** From 2.33 on Nix warns of a `--json` whose format is not named, and means to refuse it. */
export function formatOptions([major, minor]: readonly [number, number]): string[] {
  return major === 2 && minor < 33 ? ["--json"] : ["--json", "--json-format", "1"];
}
