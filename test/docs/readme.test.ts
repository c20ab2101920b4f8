import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readPages, sectionOf, tableRows } from "./markdown.ts";

interface ConfigKey {
  readonly type: string;
  readonly default: unknown;
  readonly description: string;
}

const readme = await readFile("README.md", "utf8");

test("the table of configuration is Pulumi.yaml's, key by key and word by word", async () => {
  const { config } = parse(await readFile("Pulumi.yaml", "utf8"));
  const rows = Object.entries(config as Record<string, ConfigKey>).map(
    ([key, { type, default: value, description }]) => [
      `\`iplz:${key}\``,
      type,
      `\`${JSON.stringify(value)}\``,
      description,
    ],
  );
  expect(tableRows(sectionOf(readme, "Configuration"))).toEqual(rows);
});

test("the table of values has the names that nix/values.nix has", async () => {
  const defaults = /defaults = \{([^}]*)\}/.exec(await readFile("nix/values.nix", "utf8"));
  const names = [...(defaults?.[1] ?? "").matchAll(/^ *(\w+) = /gm)].map(([, name]) => name);
  const rows = tableRows(sectionOf(readme, "Values"));
  expect(rows.map(([name]) => name)).toEqual(names.map((name) => `\`${name}\``));
});

test("every npm script that a page names is there", async () => {
  const { scripts } = JSON.parse(await readFile("package.json", "utf8"));
  const named = (await readPages()).flatMap(({ file, text }) =>
    [...text.matchAll(/npm (?:run (?:--\S+ )?([a-z]+)|(test))\b/g)].map(([, run, test]) => ({
      file,
      script: run ?? test ?? "",
    })),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(({ script }) => !(script in scripts))).toEqual([]);
});

test("the suites that the table of tests names are those that there are", async () => {
  const source = await readFile("test/runner/suites.ts", "utf8");
  const [, body = ""] = source.split("suites: Readonly<Record<string, Suite>> = {");
  const suites = [...body.matchAll(/^ {2}"?([\w-]+)"?(?::|,)/gm)].map(([, name]) => name);
  const commands = tableRows(sectionOf(readme, "Tests")).map(([, , , command = ""]) => command);
  const named = commands.flatMap((command) =>
    command
      .replaceAll("`", "")
      .replace("npm test -- ", "")
      .split(" ")
      .filter((word) => !word.includes("/")),
  );
  expect([...new Set(named)]).toEqual(suites);
});

test("the versions that README asks for are those that setup takes", async () => {
  const [modules, check] = await Promise.all(
    ["sandbox/pulumi-cli/go.mod", "sandbox/steps/check"].map((file) => readFile(file, "utf8")),
  );
  const needs = sectionOf(readme, "Needs");
  const go = /^go (\S+)$/m.exec(modules ?? "")?.[1];
  const pulumi = /pulumi\/pkg\/v3 v(\S+)/.exec(modules ?? "")?.[1];
  const node = /is_at_least "\$\(node --version\)" v(\d+)/.exec(check ?? "")?.[1];
  expect(needs).toContain(`Go ${go} `);
  expect(needs).toContain(`a \`pulumi\` of ${pulumi} or newer`);
  expect(needs).toContain(`Node.js ${node} and npm`);
});

test("the Debian packages that README names are those that setup installs", async () => {
  const steps = await Promise.all(
    ["packages", "test-packages"].map((step) => readFile(`sandbox/steps/${step}.bash`, "utf8")),
  );
  const installed = steps.flatMap((step) => {
    const [, table = ""] = /package_of=\(([\s\S]*?)\n\)/.exec(step) ?? [];
    return [...table.matchAll(/\]=(\S+)$/gm)].map(([, name]) => name);
  });
  const row = tableRows(sectionOf(readme, "Needs").split("by itself:")[1] ?? "")[0];
  const named = [...(row?.[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(installed.toSorted());
});
