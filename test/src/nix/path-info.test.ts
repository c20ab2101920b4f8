import { expect, test } from "vitest";
import { formatOptions } from "../../../src/nix/path-info.ts";

test.each([
  [[2, 8], "--json"],
  [[2, 32], "--json"],
  [[2, 33], "--json --json-format 1"],
  [[3, 0], "--json --json-format 1"],
] as const)("Nix %j is asked with %s", (version, options) => {
  expect(formatOptions(version).join(" ")).toBe(options);
});
