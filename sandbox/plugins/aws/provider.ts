import { diffProperties } from "../lib/diff-properties.ts";
import type { Operation } from "../lib/operation.ts";
import {
  isSecret,
  type Properties,
  reveal,
  revealAll,
  unknownValue,
} from "../lib/property-values.ts";
import type { Provider } from "../lib/provider.ts";
import { autoName, checkInputs, secretsIn } from "./check.ts";
import { type Configuration, configureClients } from "./clients.ts";
import { functions } from "./functions.ts";
import { replaces } from "./replacements.ts";
import type { AwsResource, Context, Values } from "./resource.ts";
import { resources } from "./resources/index.ts";

const configurationKeys = [
  ...["region", "profile", "accessKey", "secretKey", "version", "pluginDownloadURL"],
  ...["skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation"],
  ...["skipRequestingAccountId", "s3UsePathStyle"],
];

export const awsProvider: Provider = {
  name: "aws",
  version: "7.48.0",

  checkConfiguration(news) {
    const failures = Object.keys(news)
      .filter((name) => !configurationKeys.includes(name))
      .map((name) => ({
        property: name,
        reason: `${name} is no property of the aws provider that the sandbox's stand-in has`,
      }));
    return { inputs: news, failures };
  },

  configure: (configuration) => configureClients(revealAll(configuration) as Configuration),

  check({ type, name }, news, oldInputs) {
    const resource = resourceOf(type);
    const property = resource.autoName;
    const named = property && news[property] === undefined ? withName(property) : news;
    return checkInputs(type, resource.inputs, named);

    function withName(key: string): Properties {
      return { ...news, [key]: autoName(name, type, oldInputs[key]) };
    }
  },

  diff({ type }, oldInputs, news) {
    const shape = resourceOf(type).inputs.shape;
    const olds = Object.entries(oldInputs).filter(([name]) => Object.hasOwn(shape, name));
    const kinds = diffProperties(revealAll(Object.fromEntries(olds)), revealAll(news));
    return new Map(
      [...kinds].map(([path, kind]) => [path, { kind, replaces: replaces(type, path) }]),
    );
  },

  async create({ type }, inputs, operation) {
    const resource = resourceOf(type);
    const plain = revealAll(inputs);
    return safely(inputs, async () => {
      const id = await resource.create(plain, contextOf(operation));
      return { id, outputs: await outputsOf(resource, id, inputs) };
    });
  },

  preview({ type }, inputs, state) {
    const { computed, unstable = {} } = resourceOf(type);
    const unknown = (names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [name, unknownValue]));
    if (!state) return { ...unknown(computed), ...inputs, ...tagsAll(inputs) };
    const changed = Object.keys(unstable).filter(
      (name) =>
        JSON.stringify(reveal(state[name] ?? null)) !==
        JSON.stringify(reveal(inputs[name] ?? null)),
    );
    const lost = changed.flatMap((name) => unstable[name] ?? []);
    return { ...computedOf(computed, state), ...inputs, ...tagsAll(inputs), ...unknown(lost) };
  },

  async read({ type }, id, state, inputs) {
    const resource = resourceOf(type);
    const found = await resource.read(id, revealAll(state));
    if (!found) return undefined;
    const corrected = Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [
        name,
        name in found && !isSecret(value) ? (found[name] ?? null) : value,
      ]),
    );
    return { inputs: corrected, outputs: { ...given(found), ...corrected } };
  },

  async update({ type }, id, state, inputs, operation) {
    const resource = resourceOf(type);
    return safely(inputs, async () => {
      await resource.update?.(id, revealAll(state), revealAll(inputs), contextOf(operation));
      return outputsOf(resource, id, inputs);
    });
  },

  async remove({ type }, id, state, operation) {
    await safely(state, () => resourceOf(type).delete(id, revealAll(state), contextOf(operation)));
  },

  async invoke(token, args) {
    const known = functions[token];
    if (!known)
      throw new Error(`the sandbox's stand-in for the aws provider has no function ${token}`);
    const { inputs, failures } = checkInputs(token, known.inputs, args);
    if (failures.length > 0) return { inputs, failures };
    return { inputs: (await known.invoke(revealAll(inputs))) as Properties, failures: [] };
  },
};

function resourceOf(type: string): AwsResource {
  const resource = resources[type];
  if (resource) return resource;
  throw new Error(`the sandbox's stand-in for the aws provider has no resource type ${type} yet`);
}

function contextOf(operation: Operation): Context {
  return { ...operation, timeoutSeconds: operation.timeoutSeconds };
}

/** What was given stays as it was given, secrets as secrets. */
async function outputsOf(
  resource: AwsResource,
  id: string,
  inputs: Properties,
): Promise<Properties> {
  const found = (await resource.read(id, revealAll(inputs))) ?? {};
  return { ...given(found), ...inputs, ...tagsAll(inputs) };
}

/** AWS leaves out what a resource does not have. */
function given(values: Values): Properties {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function tagsAll({ tags }: Properties): Properties {
  return tags === undefined ? {} : { tagsAll: tags };
}

function computedOf(names: readonly string[], state: Properties): Properties {
  return Object.fromEntries(names.map((name) => [name, state[name] ?? unknownValue]));
}

/** No error shows a secret of the inputs. */
async function safely<T>(inputs: Properties, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message = secretsIn(inputs).reduce(
      (text, secret) => text.replaceAll(secret, "[secret]"),
      (error as Error).message,
    );
    throw new Error(message);
  }
}
