import { z } from "zod";
import {
  dropNulls,
  isObject,
  makeSecret,
  type Properties,
  revealAll,
  unknownValue,
  type Value,
} from "../lib/property-values.ts";
import type { Checked, Failure } from "../lib/provider.ts";
import { type InputsOf, schemas, stateSchemas, type Token } from "./schemas.ts";

/** The inputs with their defaults, and every fault of them. Values that are not yet known pass. */
export function checkInputs(token: Token, news: Properties): Checked {
  const schema: z.ZodObject = schemas[token];
  const given = dropNulls(news);
  const filled = fillDefaults(schema, revealAll(given));
  const failures = schema
    .safeParse(filled, { reportInput: true })
    .error?.issues.filter((issue) => valueAt(filled, issue.path) !== unknownValue)
    .flatMap((issue) => describeIssue(token, schema, issue));

  const inputs: Properties = { ...filled, ...given };
  if (filled.connection !== undefined) inputs.connection = makeSecret(filled.connection);
  return { inputs, failures: failures ?? [] };
}

/** Inputs that were checked, as the operations use them. */
export function readInputs<T extends Token>(token: T, inputs: Properties): InputsOf<T> {
  return schemas[token].parse(dropNulls(revealAll(inputs))) as InputsOf<T>;
}

/** The inputs among the outputs that a state holds. */
export function readState<T extends Token>(token: T, state: Properties): InputsOf<T> {
  const schema: z.ZodObject = stateSchemas[token];
  const held = Object.entries(dropNulls(revealAll(state)));
  const inputs = held.filter(([name]) => Object.hasOwn(schema.shape, name));
  return schema.parse(Object.fromEntries(inputs)) as InputsOf<T>;
}

function fillDefaults(schema: z.ZodObject, value: Properties): Properties {
  const filled = dropNulls(value);
  for (const [name, property] of Object.entries(schema.shape)) {
    const inner = property instanceof z.ZodOptional ? property.unwrap() : property;
    const current = filled[name];
    if (current === undefined && inner instanceof z.ZodDefault) {
      filled[name] = inner.def.defaultValue as Value;
    } else if (inner instanceof z.ZodObject && isObject(current)) {
      filled[name] = fillDefaults(inner, current);
    }
  }
  return filled;
}

function describeIssue(token: Token, schema: z.ZodObject, issue: z.core.$ZodIssue): Failure[] {
  const property = z.core.toDotPath(issue.path);
  if (issue.code !== "unrecognized_keys") {
    return [{ property, reason: `${property} ${describeFault(issue)}` }];
  }
  const allowed = Object.keys(schemaAt(schema, issue.path).shape).join(", ");
  return issue.keys.map((key) => ({
    property: z.core.toDotPath([...issue.path, key]),
    reason: `${key} is not a property of ${property === "" ? token : property}, which has: ${allowed}`,
  }));
}

/** Never shows the value: a connection is secret, and so may anything else be. */
function describeFault(issue: z.core.$ZodIssue): string {
  const type = typeName(issue.input);
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? `is missing; it must be ${article(issue.expected)}`
        : `is ${article(type)}; it must be ${article(issue.expected)}`;
    case "invalid_value":
      return `is ${article(type)}; it must be one of: ${issue.values.join(", ")}`;
    case "too_small":
      return issue.origin === "string"
        ? "is empty; it must be a string with something in it"
        : `is too small; it must be at least ${issue.minimum}`;
    case "too_big":
      return `is too big; it must be at most ${issue.maximum}`;
    case "invalid_key":
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
}

function schemaAt(schema: z.ZodObject, path: PropertyKey[]): z.ZodObject {
  const [name, ...rest] = path;
  if (name === undefined) return schema;
  const property = schema.shape[String(name)];
  const inner = property instanceof z.ZodOptional ? property.unwrap() : property;
  return schemaAt(inner as z.ZodObject, rest);
}

function valueAt(value: Value, path: PropertyKey[]): Value | undefined {
  return path.reduce<Value | undefined>(
    (parent, key) => (parent as Record<PropertyKey, Value> | undefined)?.[key],
    value,
  );
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function article(type: string): string {
  const noun = { int: "whole number", record: "object" }[type] ?? type;
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}
