import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";

/** A heading's anchor, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

async function anchorsIn(file: string): Promise<string[]> {
  const headings = (await readFile(file, "utf8")).matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = ""]) => anchorOf(heading));
}

test("every local link in the documentation leads to a file, and to a heading where it names one", async () => {
  const { stdout } = await execa("git", ["ls-files", "-co", "--exclude-standard", "*.md"]);
  for (const file of stdout.split("\n")) {
    const links = (await readFile(file, "utf8")).matchAll(
      /\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g,
    );
    for (const [link, path = "", anchor] of links) {
      const target = path ? join(dirname(file), path) : file;
      expect([file, link, existsSync(target)]).toEqual([file, link, true]);
      if (anchor) {
        expect([file, link, (await anchorsIn(target)).includes(anchor)]).toEqual([
          file,
          link,
          true,
        ]);
      }
    }
  }
});
