import fc from "fast-check";
import { expect, test } from "vitest";
import { formatAttributePath, parseAttributePath } from "../../../src/nix/attribute-path.ts";

test.each([
  ["a", ["a"]],
  ["a.b.c", ["a", "b", "c"]],
  ['nixosConfigurations."web.example".config', ["nixosConfigurations", "web.example", "config"]],
  ["x86_64-linux", ["x86_64-linux"]],
])("%s is read as its names", (text, names) => {
  expect(parseAttributePath(text)).toEqual(names);
});

test.each(["", ".", "a.", ".a", "a..b", '"a', 'a"b"', '"a"b', "a b", "a.\n"])(
  "%j is refused as no attribute path",
  (text) => {
    expect(() => parseAttributePath(text)).toThrow("is not an attribute path");
  },
);

test("any names survive being written and read again", () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !text.includes('"'));
  fc.assert(
    fc.property(fc.array(name, { minLength: 1 }), (names) => {
      expect(parseAttributePath(formatAttributePath(names))).toEqual(names);
    }),
  );
});
