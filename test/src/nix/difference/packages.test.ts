import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { build } from "../../../../src/nix/build.ts";
import {
  comparePackages,
  type PackageChange,
  parsePackageName,
} from "../../../../src/nix/difference/packages.ts";
import { recordOf } from "../../../../src/nix/difference/record.ts";
import { evaluate } from "../../../../src/nix/evaluate.ts";
import { makeCheckout, shellDerivation } from "../../../helpers/flake-checkout.ts";

test.each([
  ["hello-2.12", "hello", "2.12", ""],
  ["python3-iplz-0.1.0", "python3-iplz", "0.1.0", ""],
  ["glibc-2.40-66-bin", "glibc", "2.40-66", "bin"],
  ["unit-iplz.service", "unit-iplz.service", "", ""],
  ["etc", "etc", "", ""],
  ["source-tree", "source", "", "tree"],
  ["a-lib64", "a", "", "lib64"],
  ["x--1", "x", "-1", ""],
])(
  "%s is a package, a version and an output as Nix tells them apart",
  (text, name, version, output) => {
    expect(parsePackageName(text)).toEqual({ name, version, output });
  },
);

/** A store path that needs others, some of which hold that many bytes. */
async function buildClosure(contents: Readonly<Record<string, number>>): Promise<string> {
  const parts = Object.entries(contents).map(([name, bytes]) =>
    shellDerivation(name, `/usr/bin/head -c ${bytes} /dev/zero > $out`),
  );
  const whole = shellDerivation(
    "whole",
    `echo ${parts.map((part) => `\${${part}}`).join(" ")} > $out`,
  );
  const checkout = await makeCheckout({
    "flake.nix": `{ outputs = _: { packages.x86_64-linux.it = ${whole}; }; }`,
  });
  onTestFinished(() => checkout[Symbol.asyncDispose]());
  const { drvPath, outPath } = await evaluate({ flake: checkout.folder, attribute: "it" });
  const gcRoot = `${checkout.folder}/root`;
  await build({ drvPath, gcRoot, installable: "it", onLine: () => {} });
  return outPath;
}

/** As Nix prints a change. */
function asNixPrints({ name, before, after, bytes }: PackageChange): string {
  const versions = (some: readonly string[]) =>
    some.length === 0 ? "∅" : some.map((version) => version || "ε").join(", ");
  const items = [
    ...(before.length + after.length > 0 ? [`${versions(before)} → ${versions(after)}`] : []),
    ...(Math.abs(bytes) >= 8192 ? [`${bytes < 0 ? "" : "+"}${(bytes / 1024).toFixed(1)} KiB`] : []),
  ];
  return `${name}: ${items.join(", ")}`;
}

test("packages change as `nix store diff-closures` says", async () => {
  const [before, after] = await Promise.all([
    buildClosure({
      ...{ "same-1.0": 100, "upgraded-1.0": 100, "gone-2.3": 20_000, "grown-1.0": 100 },
      ...{ "shrunk-4": 90_000, "two-1.0": 1, "two-2.0": 1, "two-2.0-bin": 1, nameless: 2 },
    }),
    buildClosure({
      ...{ "same-1.0": 100, "upgraded-1.1": 30_000, "come-0.1-dev": 7, "grown-1.0": 60_000 },
      ...{ "shrunk-4": 10, "two-2.0": 1, "two-3.0": 1, "two-2.0-bin": 3, versioned: 2 },
    }),
  ]);
  const printed = await execa("nix", ["store", "diff-closures", before, after], {
    env: {
      NO_COLOR: "1",
      NIX_CONFIG: `${process.env.NIX_CONFIG}\nexperimental-features = nix-command`,
    },
  });
  const [old, now] = await Promise.all([recordOf(before), recordOf(after)]);
  const { changed, rebuilt } = comparePackages(old.objects, now.objects);
  const lines = stripVTControlCharacters(printed.stdout).split("\n");
  expect(changed.map(asNixPrints)).toEqual(lines);
  expect(changed.length).toBe(8);
  expect(rebuilt).toEqual(["whole"]);
});
