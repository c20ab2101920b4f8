import fc from "fast-check";
import { expect, test } from "vitest";
import { runNix } from "../../../src/nix/cli.ts";
import { nixString } from "../../../src/nix/evaluate.ts";

const noNul = (text: string) => !text.includes("\0");

test("Nix reads back exactly the texts that were quoted for it", async () => {
  const alphabet = ['"', "\\", "$", "{", "}", "$${", "''", "\n", "\r", "\t", "a", "é", "😀"];
  const tricky = fc.array(fc.constantFrom(...alphabet)).map((parts) => parts.join(""));
  const any = fc.string({ unit: "binary" }).filter(noNul);
  const texts = fc.sample(fc.oneof(tricky, any), 500);
  const expression = `[ ${texts.map(nixString).join(" ")} ]`;
  expect(JSON.parse(await runNix(["eval", "--json", "--expr", expression]))).toEqual(texts);
});
