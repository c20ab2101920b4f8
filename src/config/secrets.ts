import { z } from "zod";
import {
  faultInValue,
  type SecretAttributes,
  secretAttributes,
  secretName,
} from "../../providers/secret-attributes.ts";
import { plainWords } from "./plain-words.ts";

/** A secret of the stack's configuration: its attributes, and apart from them its value. */
export interface SecretConfig<Value> extends SecretAttributes {
  readonly secretName: string;
  readonly value: Value;
}

interface ReadSecrets {
  readonly secrets: readonly SecretConfig<string>[];
  /** Each with its path. None holds anything that was given, which could be a value. */
  readonly faults: readonly string[];
}

/**
 * Tells names and attributes from values, which no schema sees.
 *
 * @param raw what the configuration has under `secrets`, as Pulumi hands it over.
 * @param isEncrypted whether any of it is a secret to Pulumi, which tells no more than that.
 */
export function readSecrets(raw: unknown, project: string, isEncrypted: boolean): ReadSecrets {
  if (!isObject(raw)) return { secrets: [], faults: ["secrets: must be an object of names"] };
  const entries = Object.entries(raw);
  const faults = entries.flatMap(([name, given]) => faultsIn(name, given));
  if (entries.length > 0 && !isEncrypted) {
    faults.push(
      "secrets: no value is encrypted in the stack's file. Set each with: " +
        `pulumi config set --secret --path '${project}:secrets.NAME.value' < FILE`,
    );
  }
  if (faults.length > 0) return { secrets: [], faults };
  return { secrets: entries.map(([name, given]) => secretOf(name, given)), faults };
}

function faultsIn(name: string, given: unknown): string[] {
  const path = `secrets[${JSON.stringify(name)}]`;
  const named = secretName.safeParse(name);
  const faults = (named.error?.issues ?? []).map(({ message }) => `${path}: its name ${message}`);
  if (!isObject(given)) return [...faults, `${path}: must be an object with a value`];
  const { value, ...attributes } = given;
  const fault = faultInValue(value);
  if (fault !== undefined) faults.push(`${path}.value: ${fault}`);
  const parsed = secretAttributes.safeParse(attributes, { error: plainWords });
  return [
    ...faults,
    ...(parsed.error?.issues ?? []).map((issue) => `${pathOf(path, issue)}: ${issue.message}`),
  ];
}

function pathOf(path: string, { path: inner }: z.core.$ZodIssue): string {
  return inner.length === 0 ? path : `${path}.${z.core.toDotPath(inner)}`;
}

function secretOf(name: string, given: unknown): SecretConfig<string> {
  const { value, ...attributes } = given as { value: string };
  return { secretName: name, value, ...secretAttributes.parse(attributes) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
