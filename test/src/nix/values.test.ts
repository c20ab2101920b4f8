import { readdir, readFile, rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { writeValuesFlake } from "../../../src/nix/values.ts";
import { makeCheckout } from "../../helpers/flake-checkout.ts";

test("the same values in another order share one folder, other values get their own", async () => {
  await using checkout = await makeCheckout({});
  const under = `${checkout.folder}/values`;
  const first = await writeValuesFlake({ a: 1, b: { c: [2], d: 3 } }, under);
  expect(await writeValuesFlake({ b: { d: 3, c: [2] }, a: 1 }, under)).toBe(first);
  expect(await writeValuesFlake({ a: 2 }, under)).not.toBe(first);
  expect(JSON.parse(await readFile(`${first}/values.json`, "utf8"))).toEqual({
    a: 1,
    b: { c: [2], d: 3 },
  });
});

test("written many times at once, the folder is whole and nothing is left beside it", async () => {
  await using checkout = await makeCheckout({});
  const under = `${checkout.folder}/values`;
  const folders = await Promise.all(
    Array.from({ length: 20 }, () => writeValuesFlake({ a: 1 }, under)),
  );
  expect(new Set(folders).size).toBe(1);
  expect(await readdir(under)).toHaveLength(1);
  expect((await readdir(folders[0] ?? "")).sort()).toEqual(["flake.nix", "values.json"]);
  await rm(under, { recursive: true });
});
