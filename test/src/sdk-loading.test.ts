import { execa } from "execa";
import { expect, test } from "vitest";

/** Runs a module in a process of its own, since this one has loaded what it loads. */
async function run(program: string): Promise<string> {
  const { stdout } = await execa("node", ["--input-type=module", "--eval", program]);
  return stdout;
}

const sdk = `
  import "./src/sdk-loading.ts";
  import * as pulumi from "@pulumi/pulumi";
  import { createRequire } from "node:module";
  const { cache } = createRequire(import.meta.resolve("@pulumi/pulumi"));
`;

test("a program loads neither the TypeScript compiler nor npm's tree reader, only a stand-by", async () => {
  const program = `${sdk}
    const packages = /node_modules.(pacote|cacache|sigstore|spdx-correct).|typescript.lib/;
    const loaded = Object.keys(cache).filter((path) => packages.test(path));
    console.log(loaded.map((path) => cache[path].constructor.name).join());`;
  expect(await run(program)).toBe("Object");
});

test("what needs them still gets them", async () => {
  const program = `${sdk}
    const value = 7;
    const { text } = await pulumi.runtime.serializeFunction(() => value);
    const paths = await pulumi.runtime.computeCodePaths();
    console.log(text.includes("value: 7"), paths.size > 0);`;
  expect(await run(program)).toBe("true true");
});
