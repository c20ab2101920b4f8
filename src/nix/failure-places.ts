import type { EvaluationWords } from "./evaluation-words.ts";
import { toldPath, type WorkingTree } from "./working-tree.ts";

const told = new RegExp(`(?<path>${toldPath.source})(?<at>:\\d+:\\d+)?`);

/**
 * The files of the working tree that a failed evaluation is about, most with line and column: where
 * Nix says that it failed, and if that is in nixpkgs, what brought it there. Several for an option that
 * several files define.
 */
export function failurePlaces({ error, trace }: EvaluationWords, tree: WorkingTree): string[] {
  const defined = definitions(error, tree);
  if (defined.length > 0) return defined;
  const own = error.filter((line) => /^ *at /.test(line));
  const place =
    placeOfMissing(error, tree) ??
    positionIn([...own, ...error, ...trace.flat()], tree) ??
    mentionIn(trace.flat(), tree) ??
    placeOfAssertion(error, tree);
  return place === undefined ? [] : [place];
}

/** A file of the working tree that Nix looked for and that is not there. */
export function missingFile(
  { error }: Pick<EvaluationWords, "error">,
  tree: WorkingTree,
): string | undefined {
  const line = error.find((each) => /: No such file| does not exist$/.test(each));
  return line && tree.fileOf(line);
}

/** The module system tells the files that define an option; the option's name tells the line. */
function definitions(error: readonly string[], tree: WorkingTree): string[] {
  const option = error.flatMap((line) => /option `([^']+)'/.exec(line)?.[1] ?? [])[0];
  if (option === undefined) return [];
  const files = error
    .filter((line) => /^ *- In `/.test(line))
    .flatMap((line) => tree.fileOf(line) ?? []);
  return files.map((file) => placeOfName(option.split(".").at(-1) ?? option, file, tree));
}

function placeOfName(name: string, file: string, tree: WorkingTree): string {
  const word = `(?<![\\w'-])${RegExp.escape(name)}(?![\\w'-])`;
  return tree.only(RegExp(`${word}\\s*=`), file) ?? tree.only(RegExp(word), file) ?? file;
}

function placeOfMissing(error: readonly string[], tree: WorkingTree): string | undefined {
  const file = missingFile({ error }, tree);
  const name = file?.split("/").at(-1);
  return name && tree.only(RegExp(`[./][\\w./-]*${RegExp.escape(name)}`));
}

function positionIn(lines: readonly string[], tree: WorkingTree): string | undefined {
  for (const line of lines) {
    const { path = "", at } = told.exec(line)?.groups ?? {};
    const file = at && tree.fileOf(path);
    if (file) return file + at;
  }
  return undefined;
}

/** A file that nixpkgs names while it says what it is about, such as a module's argument. */
function mentionIn(lines: readonly string[], tree: WorkingTree): string | undefined {
  for (const line of lines) {
    const file = tree.fileOf(line);
    const name = /`([^'/]+)'/.exec(line)?.[1]?.split(".").at(-1);
    if (file) return name ? placeOfName(name, file, tree) : file;
  }
  return undefined;
}

/** An assertion is not told with a place, but its text is somewhere. */
function placeOfAssertion(error: readonly string[], tree: WorkingTree): string | undefined {
  const text = error.flatMap((line) => /^ *- (.+)$/.exec(line)?.[1] ?? [])[0];
  return text && tree.only(RegExp(RegExp.escape(text)));
}
