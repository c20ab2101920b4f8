import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAttributePath } from "./attribute-path.ts";
import { NixFailure, type NixSettings, runNix } from "./cli.ts";
import { type Answer, recallOrEvaluate } from "./evaluation-cache.ts";
import {
  type Description,
  explainAttribute,
  refuseOtherPlatform,
  refuseUnusedOverrides,
} from "./explain.ts";
import { absoluteFlakeReference, flakeFolder } from "./flake-reference.ts";
import type { ImageForm } from "./image-info.ts";
import { type Values, writeValuesFlake } from "./values.ts";

/** A flake, and all that its evaluation depends on. */
export interface FlakeContext extends NixSettings {
  /** Flake reference; a relative path is seen from the program's folder. */
  readonly flake: string;
  /** Inputs of the flake to replace: name (nested ones as `a/b`) to flake reference. */
  readonly overrideInputs?: Readonly<Record<string, string>> | undefined;
  /** Replaces the flake's input `values`. Never secret: values are copied into the Nix store. */
  readonly values?: Values | undefined;
  /**
   * Platform that the outputs must be for, as Nix names it; this computer's by default. Of a NixOS
   * configuration NAME the one named NAME-PLATFORM is taken where there is one.
   */
  readonly platform?: string | undefined;
}

/** One output of a flake. */
export interface Installable extends FlakeContext {
  /** Attribute path, looked up as `nix build` does: packages.SYSTEM first, then from the top. */
  readonly attribute: string;
}

/** A derivation and the store paths that it will have: known before anything is built. */
export interface Evaluation {
  readonly drvPath: string;
  /** The store path of the default output. */
  readonly outPath: string;
  /** Every named output and its store path. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Store path of the system inside, for a disk image. */
  readonly imageSystem: string | undefined;
  /** What a disk image is to be; undefined for what is none, and where its configuration does not say. */
  readonly imageForm: ImageForm | undefined;
}

interface Batch {
  readonly attributes: Set<string>;
  readonly descriptions: Promise<ReadonlyMap<string, Description>>;
}

const evaluator = readFileSync(join(import.meta.dirname, "evaluator", "flake.nix"), "utf8");
const batches = new Map<string, Batch>();

/**
 * Evaluates an output of a flake; builds nothing. Calls in the same turn of the event loop that
 * differ in the attribute only share one `nix eval`.
 *
 * @throws {NixError} with what is wrong and where: no such flake, no such attribute (and the names
 *   that there are), not a derivation, a file that Git does not track, or Nix's own error.
 */
export async function evaluate(installable: Installable): Promise<Evaluation> {
  const { attribute, ...context } = installable;
  parseAttributePath(attribute);
  const key = JSON.stringify(context);
  const batch = batches.get(key) ?? openBatch(key, context);
  batch.attributes.add(attribute);
  const description = (await batch.descriptions).get(attribute);
  if (description?.kind !== "derivation") throw explainAttribute(installable, description);
  refuseOtherPlatform(installable, description);
  return {
    drvPath: description.drv,
    outPath: description.out,
    outputs: Object.fromEntries(description.outputs.map(({ name, path }) => [name, path])),
    imageSystem: description.imageSystem ?? undefined,
    imageForm: description.imageForm?.format ? description.imageForm : undefined,
  };
}

function openBatch(key: string, context: FlakeContext): Batch {
  const attributes = new Set<string>();
  const descriptions = new Promise((turnEnds) => setImmediate(turnEnds)).then(() => {
    batches.delete(key);
    return describe(context, [...attributes]);
  });
  const batch = { attributes, descriptions };
  batches.set(key, batch);
  return batch;
}

async function describe(
  context: FlakeContext,
  attributes: readonly string[],
): Promise<ReadonlyMap<string, Description>> {
  const request = {
    system: context.platform ?? hostSystem(),
    attributes: attributes.map(parseAttributePath),
  };
  const { nixOptions, values } = context;
  const descriptions = await recallOrEvaluate(
    { flakes: flakesOf(context), request: { ...request, values, nixOptions, evaluator } },
    () => describeNow(context, request),
  );
  return new Map(descriptions.map((description, at) => [attributes[at] ?? "", description]));
}

async function describeNow(context: FlakeContext, request: unknown): Promise<Answer> {
  const folder = flakeFolder(context.flake, process.cwd());
  const messages: string[] = [];
  try {
    const json = await runNix(
      [
        ...["eval", "--json", "--no-write-lock-file", "--no-warn-dirty"],
        // Costs an evaluation nothing; a failed one tells its place by it.
        "--show-trace",
        ...(await overrideArguments(context)),
        `path:${import.meta.dirname}/evaluator#describe`,
        ...[
          "--apply",
          `describe: describe (builtins.fromJSON ${nixString(JSON.stringify(request))})`,
        ],
      ],
      { ...context, onStderrLine: (line) => messages.push(line) },
    );
    refuseUnusedOverrides(context, messages);
    return JSON.parse(json) as Answer;
  } catch (error) {
    if (!(error instanceof NixFailure)) throw error;
    const { explainEvaluation } = await import("./explain-evaluation.ts");
    throw explainEvaluation(context, folder, error);
  }
}

function flakesOf({ flake, overrideInputs }: FlakeContext): Record<string, string> {
  const entries = Object.entries({ "": flake, ...overrideInputs });
  return Object.fromEntries(
    entries.map(([name, reference]) => [name, absoluteFlakeReference(reference, process.cwd())]),
  );
}

async function overrideArguments(context: FlakeContext): Promise<string[]> {
  const overrides = Object.entries(flakesOf(context)).map(([name, reference]) => [
    name === "" ? "target" : `target/${name}`,
    reference,
  ]);
  if (context.values) {
    const folder = await writeValuesFlake(context.values, join(process.cwd(), ".nix", "values"));
    overrides.push(["target/values", `path:${folder}`]);
  }
  return overrides.flatMap(([name = "", reference = ""]) => ["--override-input", name, reference]);
}

/** The text as a Nix string literal, with nothing in it interpolated. */
export function nixString(text: string): string {
  return `"${text.replace(/[\\"]|\$(?=\{)/g, "\\$&").replace(/\r/g, "\\r")}"`;
}

/** Nix's name for the kind of computer that this program runs on. */
export function hostSystem(): string {
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64";
  return `${machine}-${process.platform}`;
}
