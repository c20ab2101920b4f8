import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { expect, test } from "vitest";
import { parse } from "yaml";

/** Runs a module in a process of its own, since this one has loaded what it loads. */
async function run(program: string): Promise<string> {
  const { stdout } = await execa("node", ["--input-type=module", "--eval", program]);
  return stdout;
}

const sdk = `
  import "./src/sdk-loading.ts";
  import * as pulumi from "@pulumi/pulumi";
  import { createRequire } from "node:module";
  const require = createRequire(import.meta.resolve("@pulumi/pulumi"));
`;

test("a program loads a quarter of the SDK, and sets no flag of V8", async () => {
  const program = `${sdk}
    const path = require.resolve("./runtime/closure/v8Hooks");
    await require(path).isInitializedAsync();
    const loaded = Object.values(require.cache).filter(({ constructor }) => constructor !== Object);
    const seldom = /typescript|arborist|pulumi.automation|opentelemetry|js-yaml|.semver.index|source-map|v8Hooks/;
    console.log(loaded.length < 200, loaded.map(({ id }) => id).filter((id) => seldom.test(id)));
    new Function("return %HaveSameMap({}, {})");`;
  const ended = run(program);
  await expect(ended).rejects.toMatchObject({ stdout: "true []" });
  await expect(ended).rejects.toThrow("SyntaxError: Unexpected token '%'");
});

test("functions are still made text of, and code paths found", async () => {
  const program = `${sdk}
    const value = 7;
    const { text } = await pulumi.runtime.serializeFunction(() => value);
    const paths = await pulumi.runtime.computeCodePaths();
    console.log(text.includes("value: 7"), paths.size > 0);`;
  expect(await run(program)).toBe("true true");
});

test("another Pulumi can still be driven from a program, and its errors told apart", async () => {
  const program = `${sdk}
    const { LocalWorkspace, CommandError } = pulumi.automation;
    const workspace = await LocalWorkspace.create({ workDir: "." });
    console.log((await workspace.projectSettings()).name);
    await workspace.selectStack("none").catch((error) => console.log(error instanceof CommandError));
    console.log(Object.keys(pulumi.automation).includes("Stack"));`;
  expect(await run(program)).toBe("iplz\ntrue\ntrue");
});

test("what the SDK takes of a package before it needs it, it uses later", async () => {
  const program = `${sdk}
    const { ZipkinExporter } = require("@opentelemetry/exporter-zipkin");
    const { SemVer, gt } = require("semver");
    const { trace, context } = require("@opentelemetry/api");
    console.log(context.with(trace.setSpan(context.active(), 1), () => trace.getActiveSpan()));
    console.log(new ZipkinExporter() instanceof ZipkinExporter, new SemVer("1.2.3").minor);
    console.log(gt("2.0.0", "1.0.0"), require("js-yaml").load("a: 1").a, require("semver").SEMVER_SPEC_VERSION);`;
  expect(await run(program)).toBe("undefined\ntrue 2\ntrue 1 2.0.0");
});

test("Node.js, started as Pulumi.yaml says, loads the SDK without collecting garbage", async () => {
  const { runtime } = parse(await readFile("Pulumi.yaml", "utf8"));
  const started = runtime.options.nodeargs.split(" ");
  const load = ["--trace-gc", "--input-type=module", "--eval", 'import "@pulumi/pulumi";'];
  const { stdout } = await execa("node", [...started, ...load]);
  expect(stdout).toBe("");
});
