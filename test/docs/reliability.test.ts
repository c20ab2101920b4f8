import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { faults } from "../faults/faults.ts";
import { listFiles, tableRows } from "./markdown.ts";

test("docs/reliability.md has the row of each fault that is tested, with the seconds that it took", async () => {
  const rows = tableRows(await readFile("docs/reliability.md", "utf8"));
  expect(rows).toEqual(
    Object.values(faults).map(({ fault, happens, heals }) => [
      fault,
      happens,
      heals,
      expect.stringMatching(/^\d+$/),
    ]),
  );
});

test("each fault has one test", async () => {
  const files = await listFiles("test/faults/*.test.ts");
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const tested = texts.flatMap((text) =>
    [...text.matchAll(/\b(?:faultTest|badSystem)\(\s*"(\w+)"/g)].map(([, name]) => name),
  );
  expect(tested.toSorted()).toEqual(Object.keys(faults).toSorted());
});
