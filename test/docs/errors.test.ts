import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { listFiles } from "./markdown.ts";
import { allTexts, errorMessages, GAP, type Message } from "./messages.ts";

/** The first cells of the tables in docs/errors.md: how each message begins. */
async function documentedMessages(): Promise<string[]> {
  const rows = (await readFile("docs/errors.md", "utf8")).matchAll(/^\| (`+) ?(.+?) ?\1 \|/gm);
  return [...rows].map(([, , message = ""]) => message);
}

async function inEach(
  files: readonly string[],
  read: (file: string) => Promise<Message[]>,
): Promise<Message[]> {
  return (await Promise.all(files.map(read))).flat();
}

const isProgram = (file: string) => file.endsWith(".ts");

/** A gap in the documented text stands for one that the program fills, or for one word. */
function isBeginning(message: string, text: string): boolean {
  const pattern = message
    .split(GAP)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
    .join(`(?:${GAP}|[\\w./-]+)`);
  return new RegExp(`^${pattern}`).test(text);
}

/** Messages that no user sees alone: another one says the same with them, and has its row. */
const partsOfOthers = ["timed out"];

test("every message in docs/errors.md is in the source", async () => {
  const files = (await listFiles("src", "providers", "sandbox", "nix")).filter(
    (file) => !/\.(py|json|txt|mod|sum|nft)$/.test(file),
  );
  const programs = [
    ...(await inEach(files.filter(isProgram), allTexts)),
    ...(await inEach(files.filter(isProgram), errorMessages)),
  ];
  const scripts = await inEach(
    files.filter((file) => !isProgram(file)),
    allTexts,
  );
  const isInSource = (message: string) =>
    programs.some(({ text }) => isBeginning(message, text)) ||
    scripts.some(({ text }) => text.includes(message));

  const documented = await documentedMessages();
  expect(documented.length).toBeGreaterThan(80);
  expect(documented.filter((message) => !isInSource(message))).toEqual([]);
});

test("every error of the program, its providers and its sandbox machines is in docs/errors.md", async () => {
  const files = (
    await listFiles("src", "providers", "sandbox/machines", "sandbox/instances")
  ).filter(isProgram);
  const messages = (await inEach(files, errorMessages)).filter(
    ({ text }) => /[a-z]/.test(text) && !partsOfOthers.includes(text),
  );
  const documented = await documentedMessages();
  expect(messages.length).toBeGreaterThan(50);
  expect(
    messages.filter(({ text }) => !documented.some((message) => isBeginning(message, text))),
  ).toEqual([]);
});

test("docs/errors.md has each message once", async () => {
  const documented = await documentedMessages();
  expect(documented).toEqual([...new Set(documented)]);
  expect(documented.filter((message) => message.replaceAll(GAP, "").length < 5)).toEqual([]);
});
