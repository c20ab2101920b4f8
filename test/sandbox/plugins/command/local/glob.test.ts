import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchPaths } from "../../../../../sandbox/plugins/command/local/assets.ts";
import { compileGlob } from "../../../../../sandbox/plugins/command/local/glob.ts";

describe("compileGlob", () => {
  it.each([
    ["*.txt", "a.txt", true],
    ["*.txt", "b/a.txt", false],
    ["**.txt", "b/a.txt", true],
    ["src/**.js", "src/index.js", true],
    ["src/**.js", "src/a/b.js", true],
    ["assets/**", "assets/logos/logo.svg", true],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["[a-c]x", "bx", true],
    ["[!a-c]x", "bx", false],
    ["[!a-c]x", "dx", true],
    ["*.{js,ts}", "a.ts", true],
    ["*.{js,ts}", "a.py", false],
    ["a,b", "a,b", true],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["a.b", "axb", false],
    ["\\\u2028", "\u2028", true],
    ["a😀b", "a😀b", true],
    ["a?b", "a😀b", true],
  ])("%s against %s: %s", (pattern, path, expected) => {
    expect(compileGlob(pattern).test(path)).toBe(expected);
  });

  it("matches any path by the pattern that escapes each of its characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (path) => {
        const pattern = [...path].map((character) => `\\${character}`).join("");
        expect(compileGlob(pattern).test(path)).toBe(true);
        expect(compileGlob(pattern).test(`${path}x`)).toBe(false);
      }),
    );
  });

  it("matches by ** whatever stands between", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (middle) => {
        expect(compileGlob("a/**.b").test(`a/${middle}.b`)).toBe(true);
        expect(compileGlob("a/*.b").test(`a/${middle}.b`)).toBe(!middle.includes("/"));
      }),
    );
  });

  it.each([
    ["{a", 'the path pattern "{a" cannot be read: "{" has no "}"'],
    [
      "[z-a]",
      'the path pattern "[z-a]" cannot be read: Invalid regular expression: ' +
        "/^[z-a]$/u: Range out of order in character class",
    ],
  ])("refuses %s", (pattern, message) => {
    expect(() => compileGlob(pattern)).toThrow(new Error(message));
  });
});

describe("matchPaths", () => {
  const paths = ["assets/logos/logo.svg", "src/index.js", "src/secret.js", "readme"];
  it("leaves out what a later rule excludes", () => {
    expect(matchPaths(paths, ["assets/**", "src/**.js", "!**secret.*"])).toEqual([
      "assets/logos/logo.svg",
      "src/index.js",
    ]);
  });
  it("takes again what a still later rule includes", () => {
    expect(matchPaths(paths, ["src/**", "!**", "src/secret.js"])).toEqual(["src/secret.js"]);
  });
});
