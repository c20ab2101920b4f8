import { XMLParser, XMLValidator } from "fast-xml-parser";
import { expect, test } from "vitest";
import { growthPicture } from "../../bench/growth-picture.ts";
import { exampleResults } from "./example-results.ts";

test("the picture of growth has both charts, with a point for each number of machines", () => {
  const svg = growthPicture(exampleResults.machines);
  expect(XMLValidator.validate(svg)).toBe(true);
  const { svg: drawn } = new XMLParser({ ignoreAttributes: false }).parse(svg);
  const words = drawn.text.map((text: Record<string, unknown>) => String(text["#text"]));
  expect(words).toEqual([
    ...["seconds", "0", "5", "10", "15", "20", "25", "30"],
    ...["1", "4", "16", "machines", "pulumi up", "by hand"],
    ...["memory in MiB", "0", "200", "400", "600", "800", "1000", "1200"],
    ...["1", "4", "16", "machines", "pulumi up", "by hand"],
  ]);
  expect(drawn.polyline.map((line: Record<string, string>) => line["@_points"])).toEqual([
    "48,130 198,112 348,40",
    "48,154 198,136 348,64",
    "420,142 570,124 720,52",
    "420,204.3 570,202 720,193",
  ]);
  expect(drawn.circle).toHaveLength(12);
});

test("one number of machines is drawn, too", () => {
  const svg = growthPicture({ 64: exampleResults.machines[16] });
  expect(XMLValidator.validate(svg)).toBe(true);
  expect(svg).not.toContain("NaN");
});
