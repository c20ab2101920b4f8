import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parse } from "yaml";

interface ConfigKey {
  readonly type: string;
  readonly default: unknown;
  readonly description: string;
}

test("the table of configuration is Pulumi.yaml's, key by key and word by word", async () => {
  const [readme, yaml] = await Promise.all(
    ["README.md", "Pulumi.yaml"].map((file) => readFile(file, "utf8")),
  );
  const { config } = parse(yaml ?? "") as { config: Record<string, ConfigKey> };
  const rows = Object.entries(config).map(
    ([key, { type, default: value, description }]) =>
      `| \`iplz:${key}\` | ${type} | \`${JSON.stringify(value)}\` | ${description} |`,
  );
  const table = readme?.match(/^\| `iplz:.*$/gm) ?? [];
  expect(table).toEqual(rows);
});

test("every npm script that the documentation names is there", async () => {
  const { scripts } = JSON.parse(await readFile("package.json", "utf8"));
  for (const file of ["README.md", "CONTRIBUTING.md"]) {
    const named = (await readFile(file, "utf8")).matchAll(/npm (?:run ([a-z]+)|(test))\b/g);
    for (const [, run, test] of named) {
      const name = run ?? test ?? "";
      expect([file, name, name in scripts]).toEqual([file, name, true]);
    }
  }
});
