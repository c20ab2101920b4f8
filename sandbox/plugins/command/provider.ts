import { randomBytes } from "node:crypto";
import type { Operation } from "../lib/operation.ts";
import { type Properties, unknownValue } from "../lib/property-values.ts";
import type {
  Checked,
  Created,
  PropertyDiff,
  Provider,
  ReadBack,
  ResourceId,
} from "../lib/provider.ts";
import { checkInputs, readInputs, readState } from "./check.ts";
import { commandResource, noResults } from "./command-resource.ts";
import { diffInputs } from "./diff.ts";
import { runProcess } from "./local/run-process.ts";
import { withoutSecrets } from "./redaction.ts";
import { copyFile } from "./remote/copy-file.ts";
import { copyToRemote } from "./remote/copy-to-remote.ts";
import { runCommand } from "./remote/run-command.ts";
import type { Resource } from "./resource.ts";
import { isToken, type Token } from "./schemas.ts";

const runToken = "command:local:run";
type ResourceToken = Exclude<Token, typeof runToken>;

/** A resource whose inputs are of the type that `readInputs` gives for its token. */
// biome-ignore lint/suspicious/noExplicitAny: the types of inputs differ by token.
type AnyResource = Resource<any, Properties>;

const resources: Record<ResourceToken, AnyResource> = {
  "command:local:Command": commandResource(runProcess),
  "command:remote:Command": commandResource(runCommand),
  "command:remote:CopyFile": copyFile,
  "command:remote:CopyToRemote": copyToRemote,
};

/** The provider has no configuration of its own; the engine adds the plugin's. */
function checkConfiguration(news: Properties): Checked {
  const names = Object.keys(news).filter(
    (name) => !["version", "pluginDownloadURL"].includes(name),
  );
  const failures = names.map((name) => ({
    property: name,
    reason: `${name} is not a property of the command provider, which has none`,
  }));
  return { inputs: news, failures };
}

function check({ type }: ResourceId, news: Properties): Checked {
  return checkInputs(resourceToken(type), news);
}

function diff(
  { type }: ResourceId,
  state: Properties,
  news: Properties,
): Map<string, PropertyDiff> {
  return diffInputs(resourceToken(type), state, news);
}

async function create(
  { type, name }: ResourceId,
  inputs: Properties,
  operation: Operation,
): Promise<Created> {
  const token = resourceToken(type);
  const results = await withoutSecrets(inputs, () =>
    resources[token].create(readInputs(token, inputs), operation),
  );
  const prefix = token.endsWith(":Command") ? name : "";
  return { id: `${prefix}${randomBytes(4).toString("hex")}`, outputs: { ...inputs, ...results } };
}

/** The outputs of a create or update as far as they are known before it. */
function preview({ type }: ResourceId, inputs: Properties): Properties {
  const unknown = resources[resourceToken(type)].unknownResults(inputs);
  return { ...inputs, ...Object.fromEntries(unknown.map((name) => [name, unknownValue])) };
}

/** There is nothing to look at: what a command did is known only to the command. */
async function read(
  _resource: ResourceId,
  _id: string,
  outputs: Properties,
  inputs: Properties,
): Promise<ReadBack> {
  return { inputs, outputs };
}

async function update(
  { type }: ResourceId,
  _id: string,
  state: Properties,
  inputs: Properties,
  operation: Operation,
): Promise<Properties> {
  const token = resourceToken(type);
  const resource = resources[token];
  const old = { inputs: readState(token, state), results: resource.readResults(state) };
  const results = await withoutSecrets(inputs, () =>
    resource.update(readInputs(token, inputs), old, operation),
  );
  return { ...inputs, ...results };
}

async function remove(
  { type }: ResourceId,
  _id: string,
  state: Properties,
  operation: Operation,
): Promise<void> {
  const token = resourceToken(type);
  const resource = resources[token];
  await withoutSecrets(state, () =>
    resource.delete(readState(token, state), resource.readResults(state), operation),
  );
}

/** Runs the one function there is, at preview too. */
async function invoke(token: string, args: Properties, operation: Operation): Promise<Checked> {
  if (token !== runToken) throw new Error(`unknown function ${token}; there is ${runToken}`);
  const checked = checkInputs(runToken, args);
  if (checked.failures.length > 0) return checked;
  const inputs = readInputs(runToken, checked.inputs);
  const results = await withoutSecrets(args, () =>
    runProcess(inputs.command, inputs, noResults, operation),
  );
  return { inputs: { ...checked.inputs, ...results }, failures: [] };
}

export const commandProvider: Provider = {
  name: "command",
  version: "1.2.1",
  checkConfiguration,
  check,
  diff,
  create,
  preview,
  read,
  update,
  remove,
  invoke,
};

function resourceToken(type: string): ResourceToken {
  if (isToken(type) && type !== runToken) return type;
  throw new Error(`unknown resource type ${type}; there are: ${Object.keys(resources).join(", ")}`);
}
