import { expect, test } from "vitest";
import { measureInTurn } from "../../bench/measure.ts";
import { median } from "../../bench/median.ts";

test("works take turns, each prepared, after runs for memory that do not count", async () => {
  const happened: string[] = [];
  const work = (name: string) => async () => {
    happened.push(name);
  };
  const samples = await measureInTurn(
    { floor: work("floor"), ours: work("ours") },
    {
      runs: 2,
      memoryRuns: 1,
      prepare: (measured) => work(`prepare for ${measured}`)(),
      settle: work("settle"),
    },
  );
  const turnFor = (measured: string) =>
    ["floor", "ours"].flatMap((name) => [`prepare for ${measured}`, "settle", name]);
  expect(happened).toEqual(["memory", "seconds", "seconds"].flatMap(turnFor));
  for (const { seconds, peakMiB } of Object.values(samples)) {
    expect([seconds.length, peakMiB.length]).toEqual([2, 1]);
  }
});

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[10, 9], 9.5],
  [[7], 7],
  [[], Number.NaN],
])("the median of %j is %d", (values, middle) => {
  expect(median(values)).toBe(middle);
});
