import { expect, test } from "vitest";
import { parseBenchArguments } from "../../bench/arguments.ts";

test("everything is measured five times without arguments, at 1, 4 and 16 machines", () => {
  expect(parseBenchArguments([])).toEqual({
    sections: new Set(["first", "preview", "up", "machines", "copy"]),
    counts: [1, 4, 16],
    runs: 5,
  });
});

test("words narrow it to sections, numbers to machines, and runs are as many as asked for", () => {
  expect(parseBenchArguments(["machines", "64", "1", "64", "copy", "--runs", "7"])).toEqual({
    sections: new Set(["machines", "copy"]),
    counts: [1, 64],
    runs: 7,
  });
});

test.each([
  ["prevue", /^There is no section prevue\. npm run bench -- .* of first, preview, up, machines/],
  ["preview 16", /^16 belongs after machines\. /],
  ["machines 0", /^Counts and runs begin at 1\. /],
  ["--runs 0", /^Counts and runs begin at 1\. /],
  ["--runs many", /^Counts and runs begin at 1\. /],
])("%s is refused", (words, message) => {
  expect(() => parseBenchArguments(words.split(" "))).toThrow(message);
});
