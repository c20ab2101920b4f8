import type { Operation } from "../lib/operation.ts";
import { isArchive, isObject, type Properties } from "../lib/property-values.ts";
import type { Resource } from "./resource.ts";

/** What a command gives: the outputs of its resource, less the inputs. */
export interface CommandResults extends Properties {
  stdout: string;
  stderr: string;
}

/** Runs one command. `previous` is what the command before it gave. */
export type RunCommand<Inputs> = (
  command: string,
  inputs: Inputs,
  previous: CommandResults,
  operation: Operation,
) => Promise<CommandResults>;

interface CommandInputs {
  create?: string | undefined;
  update?: string | undefined;
  delete?: string | undefined;
  assetPaths?: string[] | undefined;
  archivePaths?: string[] | undefined;
}

export const noResults: CommandResults = { stdout: "", stderr: "" };

/** A resource whose operations are commands; one that is not given does nothing. */
export function commandResource<Inputs extends CommandInputs>(
  run: RunCommand<Inputs>,
): Resource<Inputs, CommandResults> {
  return {
    unknownResults: (inputs) => [
      "stdout",
      "stderr",
      ...(inputs.assetPaths ? ["assets"] : []),
      ...(inputs.archivePaths ? ["archive"] : []),
    ],

    readResults: ({ stdout, stderr, assets, archive }) => ({
      stdout: typeof stdout === "string" ? stdout : "",
      stderr: typeof stderr === "string" ? stderr : "",
      ...(isObject(assets) && { assets }),
      ...(isArchive(archive) && { archive }),
    }),

    async create(inputs, operation) {
      if (inputs.create === undefined) return noResults;
      return run(inputs.create, inputs, noResults, operation);
    },

    async update(inputs, old, operation) {
      const command = inputs.update ?? inputs.create;
      if (command === undefined) return old.results;
      return run(command, inputs, old.results, operation);
    },

    async delete(inputs, results, operation) {
      if (inputs.delete !== undefined) await run(inputs.delete, inputs, results, operation);
    },
  };
}
