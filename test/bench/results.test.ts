import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isWhole, keepResults, mergeResults } from "../../bench/results.ts";
import { exampleResults } from "./example-results.ts";

const { computer, first, preview, machines } = exampleResults;

test("a narrowed run replaces its part of what is kept, and adds its numbers of machines", () => {
  const now = { computer, preview, machines: { 4: exampleResults.machines[1] } };
  const kept = { computer, first, machines: { 1: exampleResults.machines[1] } };
  expect(mergeResults(kept, now)).toEqual({
    computer,
    first,
    preview,
    machines: { ...kept.machines, ...now.machines },
  });
});

test("what another computer measured is not kept", () => {
  const kept = { ...exampleResults, computer: { ...computer, processors: 64 } };
  expect(mergeResults(kept, { computer, preview })).toEqual({ computer, preview });
});

test("the file has every single run, and is whole when each section was measured", async () => {
  const folder = join(tmpdir(), `bench-${process.pid}`);
  const file = join(folder, "bench.json");
  try {
    expect(isWhole(await keepResults(file, { computer, first, machines }))).toBe(false);
    const { first: _, ...rest } = exampleResults;
    expect(isWhole(await keepResults(file, rest))).toBe(true);
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual(exampleResults);
  } finally {
    await rm(folder, { recursive: true });
  }
});
