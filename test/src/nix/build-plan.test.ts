import { expect, test } from "vitest";
import { parsePlan } from "../../../src/nix/build-plan.ts";

test("what Nix would build and fetch is read from what it prints", () => {
  const lines = [
    "warning: Git tree '/x' is dirty",
    "these 2 derivations will be built:",
    "  /nix/store/a-one.drv",
    "  /nix/store/b-two.drv",
    "these 2 paths will be fetched (1.20 MiB download, 4.00 MiB unpacked):",
    "  /nix/store/c-three",
    "  /nix/store/d-four",
    "don't know how to build these paths:",
    "  /nix/store/e-five",
  ];
  expect(parsePlan(lines)).toEqual({
    build: ["/nix/store/a-one.drv", "/nix/store/b-two.drv"],
    fetch: ["/nix/store/c-three", "/nix/store/d-four"],
    fetchSize: "1.20 MiB download, 4.00 MiB unpacked",
  });
});

test("one derivation and one path are announced in the singular", () => {
  const lines = [
    "this derivation will be built:",
    "  /nix/store/a-one.drv",
    "this path will be fetched (0.01 MiB download, 0.04 MiB unpacked):",
    "  /nix/store/c-three",
  ];
  expect(parsePlan(lines)).toEqual({
    build: ["/nix/store/a-one.drv"],
    fetch: ["/nix/store/c-three"],
    fetchSize: "0.01 MiB download, 0.04 MiB unpacked",
  });
});
