import { readFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import type { MachinePaths } from "./paths.ts";

/** The last lines that the machine printed on its console since it was started. */
export async function lastConsoleLines({ console }: MachinePaths, count = 20): Promise<string> {
  const text = stripVTControlCharacters(await readFile(console, "utf8").catch(() => ""));
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  return lines.slice(-count).join("\n") || "(nothing was printed)";
}
