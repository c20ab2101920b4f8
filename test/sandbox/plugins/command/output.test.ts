import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Properties } from "../../../../sandbox/plugins/lib/property-values.ts";
import { type CommandProvider, startProvider } from "./provider.ts";

const resource = { type: "command:local:Command", name: "job" };
let provider: CommandProvider;

beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.stop());

/** What a command gives that prints the text, and the lines that it shows. */
async function print(text: string, inputs: Properties = {}) {
  const operation = provider.record();
  const news = { create: "cat", stdin: text, ...inputs };
  const { outputs } = await provider.create(resource, news, operation);
  return { stdout: outputs.stdout, lines: operation.lines };
}

describe("what a command prints", () => {
  it.each([
    ["", ""],
    ["a", "a"],
    ["a\n", "a"],
    ["a\n\n", "a\n"],
    ["\n", ""],
    ["a\r\n", "a\r"],
    [" a ", " a "],
  ])("is given less one newline at its end: %j", async (text, expected) => {
    expect((await print(text, { logging: "none" })).stdout).toBe(expected);
  });

  it.each<[string | null, string[]]>([
    [null, ["status info: err", "status info: out"]],
    ["stdoutAndStderr", ["status info: err", "status info: out"]],
    ["stdout", ["status info: out"]],
    ["stderr", ["status info: err"]],
    ["none", []],
  ])("is shown as logging asks for: %s", async (logging, expected) => {
    const { lines } = await print("", { create: "echo out; echo err >&2", logging });
    expect(lines.sort()).toEqual(expected);
  });

  it("is shown line by line, wherever its parts end", async () => {
    const text = fc.string({ unit: "binary" }).map((value) => value.replaceAll(/[\0\r]/g, ""));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (whole, size) => {
        const create = `dd bs=${size} status=none`;
        const { stdout, lines } = await print(whole, { create });
        const content = whole.replace(/\n$/, "");
        expect(stdout).toBe(content);
        const shown = whole === "" ? [] : content.split("\n");
        expect(lines).toEqual(shown.map((line) => `status info: ${line}`));
      }),
      { numRuns: 30 },
    );
  });

  it("is kept where it is not text, with a mark for what is not", async () => {
    expect((await print("", { create: "printf 'a\\377b\\n'" })).stdout).toBe("a\uFFFDb");
  });

  it("is whole where there is much of it", async () => {
    const { stdout } = await print("", { create: "seq 1 200000", logging: "none" });
    expect(stdout).toBe(Array.from({ length: 200_000 }, (_, index) => index + 1).join("\n"));
  });
});
