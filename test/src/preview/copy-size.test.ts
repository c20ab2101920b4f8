import { expect, test } from "vitest";
import { describeCopy } from "../../../src/preview/copy-size.ts";

test.each([
  [undefined, "to copy: known once it is built"],
  [{ bytes: 2048, paths: 3 }, "to copy: at most 2.0 KiB (3 store paths)"],
  [
    { bytes: 2048, paths: 3, isToBuild: true },
    "to copy: at most 2.0 KiB (3 derivations and sources, to build there)",
  ],
  [
    { bytes: 2048, paths: undefined, unsized: [] },
    "to copy: about 2.0 KiB, if what is built is as big as what it replaces",
  ],
  [
    { bytes: 2048, paths: undefined, unsized: ["hello-2.12", "unit-hello.service"] },
    "to copy: about 2.0 KiB, if what is built is as big as what it replaces, and what is new: " +
      "hello-2.12, unit-hello.service",
  ],
] as const)("a copy of %j is described as %j", (size, text) => {
  expect(describeCopy(size)).toBe(text);
});
