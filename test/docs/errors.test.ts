import { readFile } from "node:fs/promises";
import { execa } from "execa";
import { expect, test } from "vitest";

async function sources(...patterns: string[]): Promise<string> {
  const { stdout } = await execa("git", ["ls-files", "-co", "--exclude-standard", ...patterns]);
  const texts = await Promise.all(stdout.split("\n").map((file) => readFile(file, "utf8")));
  // Messages are written across lines, and with values in them.
  return texts.join("\n").replaceAll(/["`] \+\s+["`]/g, "");
}

test("every message in the table of errors is in the source", async () => {
  const source = await sources("src", "providers", "sandbox/machines");
  const rows = (await readFile("docs/errors.md", "utf8")).matchAll(/^\| `([^`]+)` \|/gm);
  const messages = [...rows].map(([, message = ""]) => message);
  expect(messages.length).toBeGreaterThan(20);
  expect(messages.filter((message) => !source.includes(message))).toEqual([]);
});

test("every error that the program makes for a user has its row", async () => {
  const table = await readFile("docs/errors.md", "utf8");
  const messages = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message = ""]) => message);
  const source = await sources("src", "providers");
  const made = source.matchAll(/new (?:NixError|pulumi\.RunError)\(\s*(\[?\s*["`][^;]*?)\)?;\n/g);
  const without = [...made]
    .map(([, text = ""]) => text)
    // Put together from messages that are made elsewhere.
    .filter((text) => !text.startsWith("`$" + "{summary}"))
    .filter((text) => !messages.some((message) => text.includes(message)));
  expect(without).toEqual([]);
});
