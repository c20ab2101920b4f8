import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { findContradictions } from "./config/contradictions.ts";
import { plainWords } from "./config/plain-words.ts";
import { type PlainConfig, schema, secretKeys } from "./config/schema.ts";
import { readSecrets, type SecretConfig } from "./config/secrets.ts";

/** A stack's configuration, checked. Pulumi.yaml describes the keys and holds their defaults. */
export interface Config extends Readonly<PlainConfig> {
  /** The user's own SSH private key, a secret; undefined if the stack is to make one. */
  readonly privateKey: pulumi.Output<string> | undefined;
  /** Files for the machines; their values are secrets. */
  readonly secrets: readonly SecretConfig<pulumi.Output<string>>[];
}

/**
 * Reads the stack's configuration; nothing else does.
 *
 * @throws {pulumi.RunError} that lists every fault: its key, the value got, and what is wanted.
 */
export function readConfig(): Config {
  const stackConfig = new pulumi.Config();
  const raw = Object.fromEntries(
    Object.entries(schema.shape).map(([key, type]) => [
      key,
      isText(type) ? stackConfig.get(key) : parseJson(stackConfig.get(key)),
    ]),
  );
  const parsed = schema.safeParse(raw, { reportInput: true, error: plainWords });
  const hasPrivateKey = Boolean(rawSecret("privateKey"));
  const { secrets, faults: secretFaults } = readSecrets(
    parseJson(rawSecret("secrets")) ?? {},
    pulumi.getProject(),
    isEncrypted("secrets"),
  );
  const faults = [
    ...unknownKeys().map(
      (key) => `${key}: there is no such key; Pulumi.yaml has those that there are`,
    ),
    ...(parsed.success
      ? findContradictions(parsed.data, {
          project: pulumi.getProject(),
          hasPrivateKey,
          hasSecrets: secrets.length > 0,
          awsRegion: new pulumi.Config("aws").get("region") ?? process.env.AWS_REGION,
        })
      : parsed.error.issues.map(describeIssue)),
    ...secretFaults,
  ];
  if (!parsed.success || faults.length > 0) {
    throw new pulumi.RunError(
      [
        `The configuration of stack ${pulumi.getStack()} cannot be used:`,
        ...faults.map((fault) => `- ${pulumi.getProject()}:${fault}`),
        `Change a value with: pulumi config set ${pulumi.getProject()}:KEY VALUE`,
      ].join("\n"),
    );
  }
  const privateKey = hasPrivateKey ? stackConfig.getSecret("privateKey") : undefined;
  return Object.freeze({
    ...parsed.data,
    privateKey,
    secrets: secrets.map((secret) => ({ ...secret, value: pulumi.secret(secret.value) })),
  });
}

/** Without the SDK's warning that a secret is read in plain text. */
function rawSecret(key: (typeof secretKeys)[number]): string | undefined {
  return pulumi.runtime.allConfig()[`${pulumi.getProject()}:${key}`];
}

/** Asks the language host's own list, which the SDK reads too and does not give away. */
function isEncrypted(key: string): boolean {
  const keys: string[] = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]");
  return keys.includes(`${pulumi.getProject()}:${key}`);
}

/** A misspelt key would otherwise be ignored, and its default hold. */
function unknownKeys(): string[] {
  const known = new Set<string>([...Object.keys(schema.shape), ...secretKeys]);
  const prefix = `${pulumi.getProject()}:`;
  return Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .filter((key) => !known.has(key));
}

function isText(type: unknown): boolean {
  return type instanceof z.ZodString || type instanceof z.ZodEnum;
}

/** Values come as text, JSON for all but strings; what is not JSON is a fault for the schema. */
function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const isOfValue = issue.code !== "unrecognized_keys" && issue.input !== undefined;
  const got = isOfValue ? ` (got ${JSON.stringify(issue.input)})` : "";
  return `${z.core.toDotPath(issue.path)}: ${issue.message}${got}`;
}
