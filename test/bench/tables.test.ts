import { expect, test } from "vitest";
import { goalsOf } from "../../bench/goals.ts";
import { markdownOf, plainTextOf } from "../../bench/table.ts";
import { copiesOf, growthOf, memoryOf, phasesIn, tablesOf } from "../../bench/tables.ts";
import { exampleResults } from "./example-results.ts";

const { computer, machines, copy, first } = exampleResults;

test("each goal has its figure, its floor and their ratio, of medians", () => {
  expect(goalsOf(exampleResults).rows.map((cells) => cells.join(" | "))).toEqual([
    "`pulumi preview`, nothing changed | 1.60 s | an empty program's preview and 1.2 times one `nix eval` | 2.10 s | 0.76 | at most 1.00: met",
    "`pulumi up`, nothing changed | 3.00 s | an empty program's `up` | 1.50 s | 2.00 | ",
    "a line of the application to one machine: `pulumi up` less an empty program's | 11.50 s | by hand | 9.00 s | 1.28 | at most 1.30: met",
    "a line of the application to 16 machines: `pulumi up` | 28.00 s | by hand, 16 at once | 24.00 s | 1.17 | at most 1.50: met",
    "a line of the application to 16 machines: `pulumi up` | 28.00 s | `pulumi up` to one machine | 13.00 s | 2.15 | at most 3.00: met",
    "the memory of that | 1040 MiB | `pulumi up` to one machine | 440 MiB | 2.36 | flat, within a tenth: **missed**",
    "the same | 1040 MiB | that, and what by hand takes more for 16 than for one | 515 MiB | 2.02 | flat, within a tenth: **missed**",
    ...["incompressible", "compressible"].flatMap((content) => [
      `a copy of 1 GiB, ${content} | 10.50 s | \`nix-copy-closure\` alone | 9.00 s | 1.17 | at most 1.11: **missed**`,
      "the memory of that | 81 MiB | a copy of 64 MiB | 80 MiB | 1.01 | flat, within a tenth: met",
    ]),
  ]);
});

test("growth is told in seconds, also without the build and Pulumi's own start", () => {
  expect(growthOf(machines).rows).toEqual([
    ["1", "7.00 s", "9.00 s", "13.00 s", "1.44", "4.50 s, by hand 2.00 s", "2.25", "3"],
    ["4", "7.00 s", "12.00 s", "16.00 s", "1.33", "7.50 s, by hand 5.00 s", "1.50", "3"],
    ["16", "7.00 s", "24.00 s", "28.00 s", "1.17", "19.50 s, by hand 17.00 s", "1.15", "3"],
  ]);
});

test("memory is the most of all runs, and what each more machine takes", () => {
  expect(memoryOf(machines).rows).toEqual([
    ["1", "25 MiB", "440 MiB", ""],
    ["4", "40 MiB", "560 MiB", "40 MiB, by hand 5 MiB"],
    ["16", "100 MiB", "1040 MiB", "40 MiB, by hand 5 MiB"],
  ]);
});

test("copies are told with their speed beside nix-copy-closure's, and memory", () => {
  expect(copiesOf(copy).rows.slice(0, 2)).toEqual([
    ["64 MiB, incompressible", "1.00 s", "1.20 s", "0.83", "12 MiB", "80 MiB"],
    ["1 GiB, incompressible", "9.00 s", "10.50 s", "0.86", "13 MiB", "81 MiB"],
  ]);
});

test("phases name the parts of a build, and stand on the way or beside it", () => {
  expect(phasesIn(first).rows).toEqual([
    ["the CLI", "0.00 s", "1.00 s", ""],
    ["Build `system`, python3-iplz 6.3 s", "1.00 s", "9.50 s", ""],
    ["Machine `machine-1`", "2.00 s", "", "1.25 s"],
  ]);
});

test("a narrowed run has the tables of its sections only", () => {
  expect(tablesOf({ computer, first })).toEqual([phasesIn(first)]);
  expect(tablesOf({ computer, machines: { 64: machines[16] } })).toEqual([
    growthOf({ 64: machines[16] }),
    memoryOf({ 64: machines[16] }),
  ]);
  expect(tablesOf(exampleResults)).toHaveLength(5);
});

test("a table is Markdown on a page, and columns in a terminal", () => {
  const table = {
    head: ["what", "s"],
    rows: [
      ["a long name", "1"],
      ["b", ""],
    ],
  };
  expect(markdownOf(table)).toBe("| what | s |\n| --- | --- |\n| a long name | 1 |\n| b |  |");
  expect(plainTextOf(table)).toBe("what         s\na long name  1\nb");
});
