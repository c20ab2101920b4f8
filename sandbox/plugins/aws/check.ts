import { createHash } from "node:crypto";
import { z } from "zod";
import {
  dropNulls,
  isAsset,
  isObject,
  isSecret,
  type Properties,
  revealAll,
  secretTexts,
  unknownValue,
  type Value,
} from "../lib/property-values.ts";
import type { Checked, Failure } from "../lib/provider.ts";
import { knownProperties } from "./known-properties.ts";

/** The inputs with their defaults, and every fault of them. Values that are not yet known pass. */
export function checkInputs(token: string, schema: z.ZodObject, news: Properties): Checked {
  const given = dropNulls(news);
  const plain = revealAll(given);
  const failures = schema
    .safeParse(plain, { reportInput: true })
    .error?.issues.filter((issue) => !containsUnknown(valueAt(plain, issue.path)))
    .flatMap((issue) => describe(token, issue));
  return { inputs: withDefaults(schema, given) as Properties, failures: failures ?? [] };
}

/** As the real plugin names what the user does not: the resource's name and seven random characters. */
export function autoName(name: string, urn: string, old: Value | undefined): string {
  if (typeof old === "string" && old !== unknownValue) return old;
  const random = createHash("sha256").update(`${urn} ${crypto.randomUUID()}`).digest("hex");
  return `${name}-${random.slice(0, 7)}`;
}

function describe(token: string, issue: z.core.$ZodIssue): Failure[] {
  const property = z.core.toDotPath(issue.path);
  if (issue.code !== "unrecognized_keys")
    return [{ property, reason: `${property}: ${issue.message}` }];
  const known = issue.path.length === 0 ? knownProperties(token) : [];
  return issue.keys.map((key) => ({
    property: z.core.toDotPath([...issue.path, key]),
    reason: known.includes(key)
      ? `the sandbox's stand-in for ${token} does not have the property ${key} yet`
      : `an unexpected argument ${JSON.stringify(key)} was provided`,
  }));
}

/** Fills in defaults, in objects within too, and leaves secrets as they are. */
function withDefaults(schema: unknown, value: Value): Value {
  const inner = unwrap(schema);
  if (Array.isArray(value) && inner instanceof z.ZodArray)
    return value.map((item) => withDefaults(inner.element, item));
  if (!(inner instanceof z.ZodObject) || !isObject(value) || isSecret(value) || isAsset(value))
    return value;
  const filled: Properties = { ...value };
  for (const [name, property] of Object.entries(inner.shape)) {
    const current = filled[name];
    if (current !== undefined) filled[name] = withDefaults(property, current);
    else if (property instanceof z.ZodDefault) filled[name] = property.def.defaultValue as Value;
  }
  return filled;
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return unwrap(schema.unwrap());
  return schema;
}

function containsUnknown(value: Value | undefined): boolean {
  if (value === unknownValue) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isObject(value) && Object.values(value).some(containsUnknown);
}

function valueAt(value: Value, path: PropertyKey[]): Value | undefined {
  return path.reduce<Value | undefined>(
    (parent, key) => (parent as Record<PropertyKey, Value> | undefined)?.[key],
    value,
  );
}

/** Secret texts in the inputs, which no error may show. */
export function secretsIn(inputs: Properties): string[] {
  return secretTexts(inputs).filter((text) => text.length > 3);
}
