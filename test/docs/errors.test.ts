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

/**
 * The words of the SSH library of @pulumi/command's plugin, which the stand-in's tests have whole, and of
 * Pulumi's CLI, which an engine test has.
 */
const libraryMessages = [
  "ssh: handshake failed: ssh: unable to authenticate",
  "wait: remote command exited without exit status or exit signal",
  "Process exited with status …",
  "validating stack config: Stack … with configuration key … must be of type",
];

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
    libraryMessages.includes(message) ||
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

/**
 * Messages that end in what differs, or that another message lists or continues: that one says what to
 * do, on a line of its own.
 */
const toldByOthers = [
  ...[/^must /, /^secrets\[/, /^hosts: is for|^sshAgent: is for/, /^…?: there is no such key/],
  // The configuration's list ends with the command that sets a value.
  ...[/^The configuration of stack/],
  // A health check's reason stands in the failure of an activation.
  ...[
    /^the health check/,
    /^no answer/,
    /^the (status|exit status) is/,
    /^the body does not/,
    /^it is …?/,
  ],
  ...[/^the connection was lost/, /^the server closed/, /^timed out/],
  // What src/ssh/reasons.ts says ends so.
  ...[/^Connecting to /, /^No answer from/],
];

/** Begins with what to do, names a command, or ends in one. */
const saysWhatToDo =
  /(^|[.;:\n] |\n)(Add|Build|Change|Copy|Correct|Free|Give|Install|Log|Look|Make|Mend|Mount|Name|Put|Run|Set|Start|Write)\b[^\n]*$|`[^`\n]+`[^\n]*$|: (remove|set|take|name)\b[^\n]*$|must be on a file system/;

test("every error of the program and its providers ends with what to do", async () => {
  const files = (await listFiles("src", "providers")).filter(isProgram);
  const messages = (await inEach(files, errorMessages)).filter(
    ({ text }) => /[a-z]/.test(text) && !toldByOthers.some((pattern) => pattern.test(text)),
  );
  expect(messages.length).toBeGreaterThan(50);
  expect(messages.filter(({ text }) => !saysWhatToDo.test(text))).toEqual([]);
});

test("docs/errors.md says of each message what it means and what to do", async () => {
  const rows = (await readFile("docs/errors.md", "utf8")).match(/^\| `.*\|$/gm) ?? [];
  const cells = rows.map((row) => row.split(/(?<!\\) \| |^\| | \|$/).filter(Boolean));
  expect(cells.length).toBeGreaterThan(80);
  expect(cells.filter((row) => row.length !== 3 || row.some((cell) => !cell.trim()))).toEqual([]);
});

test("docs/errors.md has each message once", async () => {
  const documented = await documentedMessages();
  expect(documented).toEqual([...new Set(documented)]);
  expect(documented.filter((message) => message.replaceAll(GAP, "").length < 5)).toEqual([]);
});
