import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { makeFolder } from "./language-host-process.ts";

const projectFile = `
name: program
runtime: { name: nodejs, options: { typescript: false } }
main: index.ts
`;

/** A project with one program, a stack of its own, and the real CLI. */
async function makeProject(program: string, files: Readonly<Record<string, string>> = {}) {
  const folder = await makeFolder({
    "Pulumi.yaml": projectFile,
    "package.json": '{ "type": "module", "main": "index.ts" }',
    "index.ts": program,
    ...files,
  });
  const state = await mkdtempDisposable(join(tmpdir(), "state-"));
  const env = {
    PULUMI_BACKEND_URL: `file://${state.path}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
  };
  const pulumi = (...words: string[]) =>
    execa("pulumi", [...words, "--non-interactive"], {
      cwd: folder.path,
      env,
      all: true,
      reject: false,
    });
  await pulumi("stack", "init", "test");
  return {
    pulumi,
    up: () => pulumi("up", "--yes", "--skip-preview"),
    outputs: async () =>
      JSON.parse((await pulumi("stack", "output", "--json", "--show-secrets")).stdout),
    async [Symbol.asyncDispose]() {
      await state.remove();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test("a TypeScript program runs as it is, with its config, and its output is shown", async () => {
  await using project = await makeProject(`
    import * as pulumi from "@pulumi/pulumi";
    const config = new pulumi.Config();
    console.log("a line on stdout");
    console.error("a line on stderr");
    export const plain: string = config.require("plain");
    export const secret = config.requireSecret("secret");
    export const where = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()];
  `);
  await project.pulumi("config", "set", "plain", "one: two");
  await project.pulumi("config", "set", "--secret", "secret", "hidden");

  const up = await project.up();
  expect(up.exitCode).toBe(0);
  expect(up.all).toContain("a line on stdout");
  expect(up.all).toContain("a line on stderr");
  expect(up.all).not.toContain("hidden");
  expect(up.all).not.toContain("from $PATH");
  expect(await project.outputs()).toEqual({
    plain: "one: two",
    secret: "hidden",
    where: ["organization", "program", "test"],
  });
});

test("a dynamic resource is made, left alone, changed and deleted", async () => {
  await using project = await makeProject(`
    import * as pulumi from "@pulumi/pulumi";
    const provider = {
      async create(inputs: { text: string }) { return { id: "one", outs: { ...inputs, length: inputs.text.length } }; },
      async diff(_: string, olds: { text: string }, news: { text: string }) {
        return { changes: olds.text !== news.text };
      },
      async update(_: string, __: unknown, news: { text: string }) { return { outs: { ...news, length: news.text.length } }; },
    };
    class Text extends pulumi.dynamic.Resource {
      declare readonly length: pulumi.Output<number>;
      constructor(name: string, text: pulumi.Input<string>) {
        super(provider, name, { text, length: undefined });
      }
    }
    export const length = new Text("text", new pulumi.Config().require("text")).length;
  `);
  const changesOfUp = async () => {
    await project.up();
    const history = await project.pulumi("stack", "history", "--json", "--page-size", "1");
    return JSON.parse(history.stdout)[0].resourceChanges;
  };
  await project.pulumi("config", "set", "text", "four");
  expect(await changesOfUp()).toEqual({ create: 2 });
  expect(await project.outputs()).toEqual({ length: 4 });
  expect(await changesOfUp()).toEqual({ same: 2 });
  await project.pulumi("config", "set", "text", "seventeen letters");
  expect(await changesOfUp()).toEqual({ same: 1, update: 1 });
  expect(await project.outputs()).toEqual({ length: 17 });
  expect((await project.pulumi("destroy", "--yes", "--skip-preview")).exitCode).toBe(0);
});

test("an error for the user is shown once and without a stack", async () => {
  await using project = await makeProject(`
    import * as pulumi from "@pulumi/pulumi";
    throw new pulumi.RunError("Set the key and run again.");
  `);
  const up = await project.up();
  expect(up.exitCode).not.toBe(0);
  const diagnostics = up.all.slice(up.all.indexOf("Diagnostics:"), up.all.indexOf("Resources:"));
  expect(diagnostics.split("\n").map((line) => line.trim())).toEqual([
    "Diagnostics:",
    "pulumi:pulumi:Stack (program-test):",
    "error: Set the key and run again.",
    "",
    "",
  ]);
});

test("a program that exits by itself is an error with its code", async () => {
  await using project = await makeProject("process.exit(7);");
  const up = await project.up();
  expect(up.exitCode).not.toBe(0);
  expect(up.all).toContain("Program exited with non-zero exit code: 7");
});

test("Ctrl-C ends the program", async () => {
  await using project = await makeProject(`
    console.log("process", process.pid);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  `);
  const up = project.up();
  const pid = await new Promise<number>((resolve) => {
    up.all.on("data", (chunk) => {
      const found = /process (\d+)/.exec(String(chunk));
      if (found) resolve(Number(found[1]));
    });
  });
  up.kill("SIGINT");
  const started = performance.now();
  expect((await up).exitCode).not.toBe(0);
  expect(performance.now() - started).toBeLessThan(20_000);
  expect(() => process.kill(pid, 0)).toThrow();
});

test("pulumi about and pulumi install work", async () => {
  await using project = await makeProject("", {
    "package.json": '{ "name": "program", "version": "1.0.0" }',
    "package-lock.json": JSON.stringify({
      name: "program",
      version: "1.0.0",
      lockfileVersion: 3,
      packages: { "": { name: "program", version: "1.0.0" } },
    }),
    "node_modules/leftover/package.json": "{}",
  });
  const about = await project.pulumi("about");
  expect(about.exitCode).toBe(0);
  expect(about.all).toContain(`version='${process.version}'`);
  const install = await project.pulumi("install");
  expect(install.exitCode).toBe(0);
});
