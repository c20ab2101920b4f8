import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { messageOf } from "../operation.ts";
import { type CommandProvider, startProvider } from "../provider.ts";

const resource = { type: "command:local:Command", name: "job" };
const paths = [
  ...["a.b", "a.js", "a.ts", "a.txt", "abc", "b/a.txt", "bx", "dx", "*", "readme"],
  ...["assets/logos/logo.svg", "src/a/b.js", "src/index.js", "src/secret.js"],
];
let provider: CommandProvider;
let dir: string;

beforeAll(async () => {
  provider = await startProvider();
  dir = await realpath(await mkdtemp(join(tmpdir(), "assets-")));
  for (const path of paths) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), path);
  }
});
afterAll(async () => {
  await provider.stop();
  await rm(dir, { recursive: true });
});

async function taken(...assetPaths: string[]): Promise<string[]> {
  const { outputs } = await provider.create(resource, { dir, create: "true", assetPaths });
  return Object.keys(outputs.assets as object).sort();
}

describe("a path pattern", () => {
  it.each([
    ["*.txt", ["a.txt"]],
    ["**.txt", ["a.txt", "b/a.txt"]],
    ["src/**.js", ["src/a/b.js", "src/index.js", "src/secret.js"]],
    ["assets/**", ["assets/logos/logo.svg"]],
    ["a?c", ["abc"]],
    ["a?b", ["a.b"]],
    ["[a-c]x", ["bx"]],
    ["[!a-c]x", ["dx"]],
    ["*.{js,ts}", ["a.js", "a.ts"]],
    ["\\*", ["*"]],
    ["none", []],
  ])("names these files: %s", async (pattern, expected) => {
    expect(await taken(pattern)).toEqual(expected);
  });

  it("with a ! leaves out what an earlier one takes", async () => {
    expect(await taken("assets/**", "src/**.js", "!**secret.*")).toEqual([
      "assets/logos/logo.svg",
      "src/a/b.js",
      "src/index.js",
    ]);
  });

  it("takes again what an earlier one leaves out", async () => {
    expect(await taken("src/**", "!**", "src/secret.js")).toEqual(["src/secret.js"]);
  });

  it("that cannot be read is named", async () => {
    expect(await messageOf(taken("[z-a]"))).toBe(
      "the path pattern \"[z-a]\" cannot be read: hi character 'a' should be greater than lo 'z'",
    );
  });
});
