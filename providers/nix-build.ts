import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { Builder } from "../src/building/machine-lines.ts";
import type { BuildingMachine } from "../src/building/on-machine.ts";
import { NixError } from "../src/nix/cli.ts";
import { type Evaluation, evaluate } from "../src/nix/evaluate.ts";
import type { ImageForm, ImageInfo } from "../src/nix/image-info.ts";
import type { Values } from "../src/nix/values.ts";
import { plainError } from "./plain-error.ts";
import { ProgramResource } from "./program-resource.ts";

export interface NixBuildArgs {
  /** Flake reference; a relative path is seen from the program's folder. */
  flake: string;
  /** Attribute path, looked up as `nix build` does. */
  attribute: string;
  /** Inputs of the flake to replace: name (nested ones as `a/b`) to flake reference. */
  overrideInputs?: Record<string, string> | undefined;
  /**
   * Replaces the flake's input `values`, so that a derivation may depend on resources. Not for
   * secrets: values are copied into the Nix store, which everybody on a machine can read.
   */
  values?: pulumi.Input<Values> | undefined;
  /** An evaluation that has begun, and the values that it is of: taken where they are what came. */
  foreseen?: { values: Values; evaluation: Promise<Evaluation> } | undefined;
  /** Platform that the output must be for, as Nix names it; this computer's by default. */
  platform?: string | undefined;
  /** Nix options as in nix.conf. */
  nixOptions?: Record<string, string> | undefined;
  /** Only these may build; of none at all, those of this computer's nix.conf. */
  builders?: readonly Builder[] | undefined;
  /** Builds in its own store, and nothing is built here. Always kept as a secret. */
  machine?: pulumi.Input<BuildingMachine> | undefined;
}

/**
 * Builds one output of a flake. It is evaluated in the program, at preview too, so its store paths
 * are known before it is built; it is built at `pulumi up`, when its derivation is a new one.
 */
export class NixBuild extends ProgramResource {
  declare readonly drvPath: pulumi.Output<string>;
  /** Store path of the default output. */
  declare readonly outPath: pulumi.Output<string>;
  /** Every named output and its store path. */
  declare readonly outputs: pulumi.Output<Record<string, string>>;
  /** Store path of the system inside, for a disk image; known before it is built. */
  declare readonly imageSystem: pulumi.Output<string | undefined>;
  /** What a disk image is to be by its configuration: known before it is built, where that says so. */
  declare readonly imageForm: pulumi.Output<ImageForm | undefined>;
  /** Size of the default output and of all that it needs. */
  declare readonly closureSizeBytes: pulumi.Output<number>;
  /** The disk image in the output; undefined where there is none. */
  declare readonly image: pulumi.Output<ImageInfo | undefined>;

  constructor(name: string, args: NixBuildArgs, opts?: pulumi.CustomResourceOptions) {
    const { values, foreseen, builders, machine, ...rest } = args;
    const evaluation = publicValues(values).apply((known) =>
      (foreseen && isDeepStrictEqual(known, foreseen.values)
        ? foreseen.evaluation
        : evaluate({ ...rest, values: known })
      ).catch(showPlainly),
    );
    super(
      "nix-build",
      "nix:Build",
      name,
      {
        installable: `${args.flake}#${args.attribute}`,
        drvPath: evaluation.drvPath,
        outPath: evaluation.outPath,
        outputs: evaluation.outputs,
        imageSystem: evaluation.imageSystem,
        imageForm: evaluation.imageForm,
        nixOptions: args.nixOptions,
        builders,
        machine: machine && pulumi.secret(machine),
        gcRoot: `.nix/gcroots/${pulumi.getStack()}/${name}`,
        closureSizeBytes: undefined,
        record: undefined,
        image: undefined,
      },
      opts,
    );
  }
}

function showPlainly(error: unknown): never {
  throw error instanceof NixError ? plainError(error) : error;
}

function publicValues(values: NixBuildArgs["values"]): pulumi.Output<Values | undefined> {
  const output = pulumi.output(values);
  return pulumi.output(pulumi.isSecret(output)).apply((isSecret) => {
    if (!isSecret) return output;
    throw new pulumi.RunError(
      "A secret was given to a Nix build as one of its values. Values are copied into the Nix store, " +
        "which everybody on a machine can read. Give the build the public part only.",
    );
  });
}
