import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { codeSpans, listFiles, readPages, sectionOf, tableRows } from "./markdown.ts";

/** The paths of each row, in the table's order. */
async function foldersTable(): Promise<string[][]> {
  const readme = await readFile("README.md", "utf8");
  return tableRows(sectionOf(readme, "How it fits together")).map(([first = ""]) =>
    codeSpans(first),
  );
}

/** The files of the repository that a TypeScript file imports, or loads when it is called. */
async function importsOf(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8");
  return [
    ...[...text.matchAll(/(?:from|import) "(\.[^"]+)"/g)].map(([, path = ""]) =>
      join(dirname(file), path),
    ),
    ...[...text.matchAll(/require\(`\$\{process\.cwd\(\)\}\/([^`]+)`\)/g)].map(
      ([, path = ""]) => path,
    ),
  ];
}

test("no file imports from a row of README's table of folders that is above its own", async () => {
  const rows = await foldersTable();
  const rowOf = (file: string) =>
    rows.findIndex((paths) => paths.some((path) => file.startsWith(path)));
  const files = (await listFiles("index.ts", "src", "providers", "sandbox")).filter((file) =>
    file.endsWith(".ts"),
  );
  expect(files.filter((file) => rowOf(file) === -1)).toEqual([]);

  const imports = await Promise.all(
    files.map(async (file) => (await importsOf(file)).map((imported) => ({ file, imported }))),
  );
  expect(imports.flat().length).toBeGreaterThan(100);
  expect(imports.flat().filter(({ file, imported }) => rowOf(imported) < rowOf(file))).toEqual([]);
});

test("README names every folder of the repository", async () => {
  const readme = await readFile("README.md", "utf8");
  const folders = (await listFiles()).filter((file) => file.includes("/"));
  const names = new Set(folders.map((file) => `${file.split("/")[0]}/`));
  expect([...names].filter((name) => !readme.includes(name))).toEqual([]);
});

test("every path that a page names is there", async () => {
  const named = (await readPages()).flatMap(({ file, text }) =>
    codeSpans(text)
      .filter((span) => /^(app|bench|docs|nix|providers|sandbox|src|test)\/[\w./-]*$/.test(span))
      // NAME and its like stand for any name.
      .filter((span) => !/[A-Z]{4}/.test(span.replace(/README|CONTRIBUTING/, "")))
      .map((span) => ({ file, span })),
  );
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter(({ span }) => !existsSync(span))).toEqual([]);
});
