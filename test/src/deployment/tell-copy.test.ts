import { expect, test } from "vitest";
import { describeProgress } from "../../../src/deployment/tell-copy.ts";

const MiB = 1024 ** 2;
const progress = { paths: 20, copied: ["/nix/store/aaa-a", "/nix/store/bbb-b"], bytes: undefined };

test("a copy's progress is told in bytes and paths, as far as they are known", () => {
  const bytes = { done: 0.3 * MiB, all: 45.6 * MiB };
  expect(describeProgress({ ...progress, bytes })).toBe("copied 0.3 of 45.6 MiB (2 of 20 paths)");
  const sizes = new Map([
    ["/nix/store/aaa-a", MiB],
    ["/nix/store/bbb-b", 2 * MiB],
    ["/nix/store/ccc-c", 4 * MiB],
  ]);
  expect(describeProgress(progress, sizes)).toBe("copied 3.0 MiB (2 of 20 paths)");
  expect(describeProgress(progress)).toBe("copied 2 of 20 paths");
});
