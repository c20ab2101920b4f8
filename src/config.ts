import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { parseAttributePath } from "./nix/attribute-path.ts";

const hostName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and dashes");

const publicKey = z
  .string()
  .regex(
    /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,3}( [^\r\n]*)?$/,
    "must be one line as in a .pub file: ssh-ed25519 AAAA...",
  );

const host = z.strictObject({
  name: hostName,
  address: z
    .string()
    .regex(/^[A-Za-z0-9:][A-Za-z0-9.:-]*$/, "must be a host name or an IP address"),
  port: z.int().min(1).max(65535).default(22),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]*$/, "must be a user name")
    .default("root"),
  hostPublicKey: publicKey,
});

const attributeName = z.string().refine(isOneName, "must be one name in nixosConfigurations");

const schema = z.strictObject({
  machines: z.enum(["sandbox", "existing"]),
  count: z.int().min(1).max(250),
  hosts: z.array(host).refine(haveDistinctNames, "must not have the same name twice"),
  flake: z.string().min(1),
  configuration: attributeName,
  bootstrapConfiguration: attributeName,
  overrideInputs: z.record(z.string().min(1), z.string().min(1)),
  values: z.record(z.string(), z.unknown()),
  nixOptions: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.string()),
  builders: z.string(),
  authorizedKeys: z.array(publicKey),
  substituteOnDestination: z.boolean(),
  compress: z.boolean(),
  keepGenerations: z.int().min(0),
  connectTimeoutSeconds: z.int().min(1).max(3600),
});

type PlainConfig = z.infer<typeof schema>;

/** An existing machine as the stack's config names it. */
export type HostConfig = z.infer<typeof host>;

/** A stack's configuration, checked. Pulumi.yaml describes the keys and holds their defaults. */
export interface Config extends Readonly<PlainConfig> {
  /** The user's own SSH private key, a secret; undefined if the stack is to make one. */
  readonly privateKey: pulumi.Output<string> | undefined;
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
  const parsed = schema.safeParse(raw, { reportInput: true });
  const privateKey = stackConfig.getSecret("privateKey");
  const hasPrivateKey = Boolean(pulumi.runtime.allConfig()[`${pulumi.getProject()}:privateKey`]);
  const faults = parsed.success
    ? findContradictions(parsed.data, hasPrivateKey)
    : parsed.error.issues.map(describeIssue);
  if (!parsed.success || faults.length > 0) {
    throw new pulumi.RunError(
      [
        `The configuration of stack ${pulumi.getStack()} cannot be used:`,
        ...faults.map((fault) => `- ${pulumi.getProject()}:${fault}`),
        `Change a value with: pulumi config set ${pulumi.getProject()}:KEY VALUE`,
      ].join("\n"),
    );
  }
  return Object.freeze({ ...parsed.data, privateKey: hasPrivateKey ? privateKey : undefined });
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
  const got = issue.code === "unrecognized_keys" ? "" : ` (got ${JSON.stringify(issue.input)})`;
  return `${z.core.toDotPath(issue.path)}: ${issue.message}${got}`;
}

function findContradictions(config: PlainConfig, hasPrivateKey: boolean): string[] {
  const faults: string[] = [];
  if (config.machines === "existing") {
    if (config.hosts.length === 0)
      faults.push("hosts: is empty, but machines is existing: name them");
    if (config.count !== 1) faults.push("count: is for machines that the stack makes: remove it");
    if (!hasPrivateKey) {
      faults.push(
        "privateKey: is not set, but existing machines do not know a key that the stack would make. " +
          `Run: pulumi config set --secret ${pulumi.getProject()}:privateKey < KEYFILE`,
      );
    }
  } else if (config.hosts.length > 0) {
    faults.push(`hosts: is for machines: existing, but machines is ${config.machines}`);
  }
  return faults;
}

function isOneName(name: string): boolean {
  try {
    return parseAttributePath(name).length === 1;
  } catch {
    return false;
  }
}

function haveDistinctNames(hosts: readonly { readonly name: string }[]): boolean {
  return new Set(hosts.map(({ name }) => name)).size === hosts.length;
}
