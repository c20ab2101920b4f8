import { parsePackageName } from "./packages.ts";

/** The same for every version of one output of a package. */
export function withoutVersion(storeName: string): string {
  const { name, output } = parsePackageName(storeName);
  return output === "" ? name : `${name}-${output}`;
}
