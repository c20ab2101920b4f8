import { diffProperties } from "../lib/diff-properties.ts";
import type { Properties } from "../lib/property-values.ts";
import type { PropertyDiff } from "../lib/provider.ts";
import { schemas, type Token } from "./schemas.ts";

/** What differs between the inputs that the state holds and the new ones, by property path. */
export function diffInputs(
  token: Token,
  state: Properties,
  news: Properties,
): Map<string, PropertyDiff> {
  const olds = Object.entries(state).filter(([name]) => Object.hasOwn(schemas[token].shape, name));
  const kinds = diffProperties(Object.fromEntries(olds), news);
  return new Map(
    [...kinds].map(([path, kind]) => [path, { kind, replaces: replaces(token, path) }]),
  );
}

/** Only CopyFile has no update; elsewhere a new trigger asks for a new resource. */
function replaces(token: Token, path: string): boolean {
  return token === "command:remote:CopyFile" || /^triggers(\[|$)/.test(path);
}
