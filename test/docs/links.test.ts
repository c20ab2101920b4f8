import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readPages } from "./markdown.ts";

interface Link {
  readonly file: string;
  readonly target: string;
  readonly anchor: string | undefined;
}

/** A heading's anchor, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

async function leadsSomewhere({ target, anchor }: Link): Promise<boolean> {
  if (!existsSync(target)) return false;
  if (anchor === undefined) return true;
  const headings = (await readFile(target, "utf8")).matchAll(/^#+ (.+)$/gm);
  return [...headings].some(([, heading = ""]) => anchorOf(heading) === anchor);
}

test("every local link leads to a file, and to a heading where it names one", async () => {
  const links = (await readPages()).flatMap(({ file, text }) =>
    [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].map(
      ([, path, anchor]): Link => ({
        file,
        target: path ? join(dirname(file), path) : file,
        anchor,
      }),
    ),
  );
  expect(links.length).toBeGreaterThan(10);
  const found = await Promise.all(links.map(leadsSomewhere));
  expect(links.filter((_, index) => !found[index])).toEqual([]);
});
