import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { NixError, type NixFailure } from "./cli.ts";
import type { FlakeContext } from "./evaluate.ts";
import { type EvaluationWords, readEvaluationWords, summaryOf } from "./evaluation-words.ts";
import { failurePlaces, missingFile } from "./failure-places.ts";
import { gitCheckout } from "./flake-reference.ts";
import { toldPath, type WorkingTree, workingTree } from "./working-tree.ts";

/**
 * Puts first what a user needs from a failed evaluation: the file and line in the working tree, the
 * reason, and for a file that Git does not track the command that adds it. Nix's own words follow; the
 * whole of its trace only where the Nix option show-trace is on.
 */
export function explainEvaluation(
  { flake, nixOptions }: FlakeContext,
  folder: string | undefined,
  { stderr, cause }: NixFailure,
): NixError {
  const words = readEvaluationWords(stderr);
  const tree = folder === undefined ? undefined : workingTree(folder);
  const missing = tree && missingFile(words, tree);
  const [summary, remedy] =
    untrackedFile(folder, words, missing) ?? reason(flake, tree, words, missing);
  const shown = nixOptions?.["show-trace"] === "true" ? stderr.trim() : shownOf(words);
  return new NixError(`${summary}\n\n${shown}\n\n${remedy}`, { cause });
}

/** What is wrong, and what to do. */
type Explanation = [summary: string, remedy: string];

function untrackedFile(
  folder: string | undefined,
  words: EvaluationWords,
  missing: string | undefined,
): Explanation | undefined {
  const checkout = folder === undefined ? undefined : gitCheckout(folder);
  if (checkout === undefined) return undefined;
  const named = /Path '([^']+)' in the repository .* is not tracked by Git/.exec(
    words.error.join("\n"),
  )?.[1];
  const path = named ? join(checkout, named) : missing;
  if (path === undefined || !existsSync(path)) return undefined;
  return [
    `The flake cannot see ${path}: the file is there, but Git does not track it, and a flake is what ` +
      "Git tracks.",
    `Run: git -C ${checkout} add --intent-to-add ${relative(checkout, path)}`,
  ];
}

function reason(
  flake: string,
  tree: WorkingTree | undefined,
  words: EvaluationWords,
  missing: string | undefined,
): Explanation {
  const place = (tree ? failurePlaces(words, tree) : placesElsewhere(words)).join(" and ");
  const why = missing ? `there is no ${missing}` : summaryOf(words);
  return [
    `Evaluating the flake ${flake} failed${place && ` at ${place}`}: ${why}`,
    `Mend ${place || "what Nix says"}, then run it again.`,
  ];
}

/** Where the flake is no folder of this computer, what Nix says itself: there is no better. */
function placesElsewhere({ error }: EvaluationWords): string[] {
  return error
    .flatMap((line) => RegExp(`^ *at (${toldPath.source}):?$`).exec(line)?.[2] ?? [])
    .slice(0, 1);
}

/** The error, and what the modules tell of the way to it. */
function shownOf({ before, error, trace }: EvaluationWords): string {
  const way = trace.filter((part) => part.length === 1).flat();
  const told = way.filter(
    (line) => !/… (from call site|while updating the (lock|flake))/.test(line),
  );
  return [...before, ...error, ...told.slice(0, 5)].join("\n").trim();
}
