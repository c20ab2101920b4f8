/** What Nix says of a failed evaluation with `show-trace`, in its parts. */
export interface EvaluationWords {
  /** Warnings and the like, before the error. */
  readonly before: readonly string[];
  /** The error itself, with the place that Nix gives to it and the lines there. */
  readonly error: readonly string[];
  /** How it got there, from the innermost on; each with its place and the lines there. */
  readonly trace: readonly (readonly string[])[];
}

/** Reads either form: Nix 2.8 tells the error first, and newer ones tell it last, after the trace. */
export function readEvaluationWords(stderr: string): EvaluationWords {
  const lines = stderr.trimEnd().split("\n").filter(isOfTheError);
  const first = lines.findIndex(isError);
  const last = lines.findLastIndex(isError);
  if (first < 0) return { before: [], error: lines, trace: [] };
  const [error = [], ...after] = parts(lines.slice(last));
  const [, ...until] = parts(lines.slice(first, last));
  return { before: lines.slice(0, first), error, trace: [...after, ...until.reverse()] };
}

/** The reason in one line. */
export function summaryOf({ error }: EvaluationWords): string {
  const lines = error.map((line) => line.replace(/^ *(error: ?)?/, "").trimEnd());
  const [title = "", ...rest] = lines.slice(lines.findIndex(Boolean));
  if (title === "Failed assertions:") {
    return `${title} ${rest.filter(Boolean).join(" ").replace(/^- /, "").replaceAll(" - ", "; ")}`;
  }
  return title.replace(/ Definition values:$|:$/, "");
}

function isOfTheError(line: string): boolean {
  return !/^(warning: not writing modified lock|• | {2,}('|→|follows ))|^ *\(.*'--show-trace'/.test(
    line,
  );
}

function isError(line: string): boolean {
  return /^ *error:( |$)/.test(line);
}

/** What comes before the first line of a trace, then each part of the trace. */
function parts(lines: readonly string[]): string[][] {
  const found: string[][] = [[]];
  for (const line of lines) {
    if (/^ *… /.test(line)) found.push([]);
    found.at(-1)?.push(line);
  }
  return found.map(withoutBlankEnds);
}

function withoutBlankEnds(lines: readonly string[]): string[] {
  const filled = (line: string) => line.trim() !== "";
  return lines.slice(0, lines.findLastIndex(filled) + 1);
}
