import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { execa } from "execa";
import { expect, test } from "vitest";
import { contentOf } from "../../bench/content.ts";
import { makeFreshNixpkgs } from "../../bench/fresh-nixpkgs.ts";

test("nothing of a fresh nixpkgs has been built before", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "nixpkgs-"));
  const derivations = await Promise.all(
    ["one", "other"].map(async (name) => {
      await makeFreshNixpkgs(join(folder.path, name));
      const attribute = `path:${folder.path}/${name}#legacyPackages.x86_64-linux.python3Packages.falcon`;
      return (await execa("nix", ["eval", "--raw", `${attribute}.drvPath`])).stdout;
    }),
  );
  expect(derivations[0]).toMatch(/^\/nix\/store\/\w+-python3-falcon/);
  expect(derivations[1]).not.toBe(derivations[0]);
});

test.each(["incompressible", "compressible"] as const)("content is %s, and new", (content) => {
  const [first, second] = [1, 2].map(() => Buffer.concat([...contentOf(content, 3)]));
  expect(first).toHaveLength(3 * 2 ** 20);
  expect(first?.equals(second as Buffer)).toBe(false);
  const share = gzipSync(first as Buffer, { level: 1 }).length / 3 / 2 ** 20;
  if (content === "compressible") expect(share).toBeLessThan(0.02);
  else expect(share).toBeGreaterThan(0.99);
});
