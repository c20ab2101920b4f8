import { parseArgs } from "node:util";

export const sections = ["first", "preview", "up", "machines", "copy"] as const;
export type Section = (typeof sections)[number];

export interface BenchArguments {
  readonly sections: ReadonlySet<Section>;
  /** Numbers of machines to deploy to, ascending. */
  readonly counts: readonly number[];
  /** How often each figure is measured; where nothing changed, three times as often. */
  readonly runs: number;
}

const usage =
  `npm run bench -- [--runs N] [SECTION...], of ${sections.join(", ")}; ` +
  "numbers after machines say how many machines, such as machines 1 64.";

/**
 * What the command line asks for; everything by default, at 1, 4 and 16 machines.
 *
 * @throws {Error} that says which word is none of these, and which there are.
 */
export function parseBenchArguments(words: readonly string[]): BenchArguments {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { runs: { type: "string", default: "5" } },
    allowPositionals: true,
  });
  const numbers = positionals.filter((word) => /^\d+$/.test(word));
  const names = positionals.filter((word) => !numbers.includes(word));
  const unknown = names.filter((name) => !(sections as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Error(`There is no section ${unknown.join(", ")}. ${usage}`);
  if (numbers.length > 0 && !names.includes("machines"))
    throw new Error(`${numbers.join(", ")} belongs after machines. ${usage}`);
  const counts = numbers.map(Number).toSorted((a, b) => a - b);
  if (counts[0] === 0 || !/^[1-9]\d*$/.test(values.runs))
    throw new Error(`Counts and runs begin at 1. ${usage}`);
  return {
    sections: new Set(names.length > 0 ? (names as Section[]) : sections),
    counts: counts.length > 0 ? [...new Set(counts)] : [1, 4, 16],
    runs: Number(values.runs),
  };
}
