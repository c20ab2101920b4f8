import { readFile } from "node:fs/promises";
import { execa } from "execa";

/** Paths of the repository's files, tracked or about to be. */
export async function listFiles(...patterns: string[]): Promise<string[]> {
  const { stdout } = await execa("git", ["ls-files", "-co", "--exclude-standard", ...patterns]);
  return stdout.split("\n");
}

/** Every Markdown file and its text. */
export async function readPages(): Promise<{ file: string; text: string }[]> {
  const files = await listFiles("*.md");
  return Promise.all(files.map(async (file) => ({ file, text: await readFile(file, "utf8") })));
}

/** The part of a page below the heading, up to the next one. */
export function sectionOf(text: string, heading: string): string {
  const [, after = ""] = text.split(new RegExp(`^#+ ${heading}$`, "m"));
  return after.split(/^#/m)[0] ?? "";
}

/** The cells of each row of the first table in a text, without its head. */
export function tableRows(text: string): string[][] {
  const lines = text.match(/^\|.*\|$/gm) ?? [];
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

/** The texts between backticks outside of code blocks. */
export function codeSpans(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...prose.matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, span = ""]) => span);
}
