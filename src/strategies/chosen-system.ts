import * as pulumi from "@pulumi/pulumi";
import type { Config } from "../config.ts";
import { NixError } from "../nix/cli.ts";
import { flakeAtRevision } from "../nix/flake-revision.ts";
import { isStorePath } from "../nix/store-path.ts";
import type { Values } from "../nix/values.ts";
import { buildSystem } from "./builds.ts";

/**
 * The system that the stack is to run: the flake's, the flake's at another revision, or one that is
 * built already, for which nothing is evaluated and nothing is built.
 */
export function chosenSystem(config: Config, values: pulumi.Input<Values>): pulumi.Output<string> {
  if (isStorePath(config.system)) return pulumi.output(config.system);
  const flake = config.system === "" ? config.flake : atRevision(config);
  return buildSystem("system", config.configuration, { ...config, flake }, values).outPath;
}

function atRevision({ flake, system }: Config): string {
  try {
    return flakeAtRevision(flake, system, process.cwd());
  } catch (error) {
    throw error instanceof NixError ? new pulumi.RunError(error.message) : error;
  }
}
