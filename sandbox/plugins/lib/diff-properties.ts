import { isDeepStrictEqual } from "node:util";
import {
  dropNulls,
  isArchive,
  isAsset,
  isObject,
  isSecret,
  type Properties,
  type Value,
} from "./property-values.ts";
import type { DiffKind } from "./provider.ts";

/** What differs between two sets of properties, by property path. */
export function diffProperties(old: Properties, current: Properties): Map<string, DiffKind> {
  const kinds = new Map<string, DiffKind>();
  diffObjects("", dropNulls(old), dropNulls(current), kinds);
  return kinds;
}

function diffObjects(
  path: string,
  old: Properties,
  current: Properties,
  kinds: Map<string, DiffKind>,
): void {
  for (const name of new Set([...Object.keys(old), ...Object.keys(current)])) {
    diffValues(propertyPath(path, name), old[name], current[name], kinds);
  }
}

function diffValues(
  path: string,
  old: Value | undefined,
  current: Value | undefined,
  kinds: Map<string, DiffKind>,
): void {
  if (old === undefined || current === undefined) {
    if (old !== current) kinds.set(path, old === undefined ? "add" : "delete");
  } else if (Array.isArray(old) && Array.isArray(current)) {
    for (let index = 0; index < Math.max(old.length, current.length); index++) {
      diffValues(`${path}[${index}]`, old[index], current[index], kinds);
    }
  } else if (isPlainObject(old) && isPlainObject(current)) {
    diffObjects(path, old, current, kinds);
  } else if (!equals(old, current)) {
    kinds.set(path, "update");
  }
}

function isPlainObject(value: Value): value is Properties {
  return isObject(value) && !isSecret(value) && !isAsset(value) && !isArchive(value);
}

/** Assets are equal by content, wherever it came from. A value that became secret has changed. */
function equals(old: Value, current: Value): boolean {
  const sameKind = (isAsset(old) && isAsset(current)) || (isArchive(old) && isArchive(current));
  if (sameKind && old.hash !== undefined && current.hash !== undefined) {
    return old.hash === current.hash;
  }
  return isDeepStrictEqual(old, current);
}

function propertyPath(parent: string, name: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${parent}[${JSON.stringify(name)}]`;
  return parent === "" ? name : `${parent}.${name}`;
}
