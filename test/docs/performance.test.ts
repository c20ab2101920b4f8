import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { growthPicture } from "../../bench/growth-picture.ts";
import { pageOf } from "../../bench/page.ts";
import type { RedeploySamples } from "../../bench/redeploy.ts";
import { exampleResults } from "../bench/example-results.ts";
import { sectionOf, tableRows } from "./markdown.ts";

const page = await readFile("docs/performance.md", "utf8");

/** What the bench writes whatever it measures: all words, and the tables' heads. */
function frameOf(text: string): string {
  return text
    .replaceAll(/^(\|.*\n\| ---.*\n)(?:\|.*\n)*/gm, "$1")
    .replace(/\d+ processors \(.*\)/, "processors")
    .replaceAll(/\d+(\.\d+)*/g, "N");
}

function firstColumn(text: string, heading: string): (string | undefined)[] {
  return tableRows(sectionOf(text, heading)).map(([first]) => first);
}

test("docs/performance.md is what the bench writes, but for the figures", () => {
  const example = pageOf(exampleResults);
  expect(frameOf(page)).toBe(frameOf(example));
  for (const heading of ["Goals", "Big closures"]) {
    expect(firstColumn(page, heading)).toEqual(firstColumn(example, heading));
  }
});

test("no second of the first up is without a name in docs/performance.md", () => {
  const [, whole] = /add up to the\n?\s*([\d.]+) s of the whole/.exec(page) ?? [];
  const onTheWay = tableRows(sectionOf(page, "First `up`"))
    .map(([, begin, seconds]) => [begin, seconds].map((cell) => Number.parseFloat(cell ?? "")))
    .filter(([, seconds]) => seconds);
  for (const [at, [begin = 0, seconds = 0]] of onTheWay.entries()) {
    const end = onTheWay[at + 1]?.[0] ?? Number(whole);
    expect(Math.abs(begin + seconds - end)).toBeLessThan(0.06);
  }
});

test("docs/performance.svg is drawn from the page's tables", async () => {
  const [seconds = "", memory = ""] = sectionOf(page, "Growth").split(/^The two columns/m);
  const sample = (value = "") => ({
    seconds: [Number.parseFloat(value)],
    peakMiB: [Number.parseFloat(value)],
  });
  const memories = tableRows(memory);
  const machines = tableRows(seconds).map(([count = "", , byHand, up], at) => {
    const [, memoryByHand, memoryOfUp] = memories[at] ?? [];
    const samples: RedeploySamples = {
      emptyUp: sample(),
      byHand: { ...sample(byHand), peakMiB: sample(memoryByHand).peakMiB },
      up: { ...sample(up), peakMiB: sample(memoryOfUp).peakMiB },
      buildSeconds: [],
    };
    return [count, samples];
  });
  expect(growthPicture(Object.fromEntries(machines))).toBe(
    await readFile("docs/performance.svg", "utf8"),
  );
});
