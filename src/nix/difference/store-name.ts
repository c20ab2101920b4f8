import { basename } from "node:path";
import { parsePackageName } from "./packages.ts";

/** The name in a store path. */
export function nameOf(path: string): string {
  return basename(path).replace(/^[^-]+-/, "");
}

/** The same for every version of one output of a package. */
export function withoutVersion(storeName: string): string {
  const { name, output } = parsePackageName(storeName);
  return output === "" ? name : `${name}-${output}`;
}
