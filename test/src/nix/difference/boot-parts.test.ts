import { expect, test } from "vitest";
import { compareBootParts, plannedBootParts } from "../../../../src/nix/difference/boot-parts.ts";

const hash = "0c5b8vw40dy178xlpddw65q9gf1h2186";

function planned(environment: Record<string, string>) {
  const path = "/nix/store/x.drv";
  return plannedBootParts({
    ...{ drvPath: path, outPaths: [], outputs: {}, inputs: [], sources: [] },
    environment,
  });
}

test("parameters are the same in a derivation with structured attributes and in one without", () => {
  expect(planned({ kernelParams: '["quiet","loglevel=4"]' })).toEqual(
    planned({ kernelParams: "quiet loglevel=4" }),
  );
});

test("what only one of two systems has is no change of it", () => {
  const buildCommand = `ln -s /nix/store/${hash}-linux-6.1/bzImage $out/kernel\n`;
  const parts = planned({ buildCommand });
  expect(parts).toEqual({ kernel: `${hash}-linux-6.1` });
  expect(compareBootParts(parts, {})).toEqual([]);
  expect(compareBootParts({}, parts)).toEqual([]);
});

test("another kernel is named with both names, and what comes without one by its kind", () => {
  const [linux, zen] = [`${hash}-linux-6.1`, `${hash}-linux-zen-6.1`];
  expect(compareBootParts({ kernel: linux }, { kernel: zen })).toEqual([
    "linux-6.1 → linux-zen-6.1",
  ]);
  const before = { kernel: linux, initrd: "a", "kernel-modules": "a", "kernel-params": "quiet" };
  const after = { kernel: linux, initrd: "b", "kernel-modules": "b", "kernel-params": "" };
  expect(compareBootParts(before, after)).toEqual([
    ...["initial RAM disk", "kernel modules", "kernel parameters"],
  ]);
});
