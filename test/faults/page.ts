import { readFile, writeFile } from "node:fs/promises";
import { type FaultName, faults, resultFile } from "./faults.ts";

// Writes the table in docs/reliability.md with what the tests measured last. A fault that was not
// tested since keeps the seconds that it has.
const page = "docs/reliability.md";

const text = await readFile(page, "utf8");
const rows = await Promise.all(
  Object.entries(faults).map(async ([name, { fault, happens, heals }]) => {
    const seconds = (await measured(name as FaultName)) ?? secondsIn(text, fault) ?? "";
    return `| ${[fault, happens, heals, seconds].join(" | ")} |`;
  }),
);
const [before = "", after = ""] = text.split(/(?:^\|.*\n)+/m);
const head = [
  "| fault | what happens | before the next `pulumi up` | seconds |",
  "| --- | --- | --- | --- |",
];
await writeFile(page, `${before}${[...head, ...rows].join("\n")}\n${after}`);

async function measured(name: FaultName): Promise<string | undefined> {
  const result = await readFile(resultFile(name), "utf8").catch(() => undefined);
  return result === undefined ? undefined : String(JSON.parse(result).seconds);
}

function secondsIn(text: string, fault: string): string | undefined {
  const row = text.split("\n").find((line) => line.startsWith(`| ${fault} |`));
  return row?.split("|").at(-2)?.trim();
}
