import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type CopySize, describeCopy } from "./copy-size.ts";
import { type Difference, describeDifference } from "./text.ts";

/** What changes in a build. */
export interface BuildReport {
  readonly name: string;
  readonly difference: Difference;
}

/** What is copied to a machine. */
export interface CopyReport {
  readonly name: string;
  readonly size: CopySize | undefined;
}

const builds = new Map<string, BuildReport>();
const copies = new Map<string, CopyReport>();

/** Writes a report in which nothing changes, so that none of an earlier run is taken for this one's. */
export function beginReport(file: string): void {
  write(file);
}

/** Adds a build to the report and writes it; nothing without a file. */
export function addToReport(file: string, report: BuildReport): void {
  builds.set(report.name, report);
  write(file);
}

/** Adds a machine to the report and writes it; nothing without a file. */
export function addCopyToReport(file: string, report: CopyReport): void {
  copies.set(report.name, report);
  write(file);
}

/** At once and whole, so that reports that come side by side do not get into each other's way. */
function write(file: string): void {
  if (file === "") return;
  const [systems, machines] = [inOrder(builds), inOrder(copies)];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    file.endsWith(".json") ? asJson(systems, machines) : asMarkdown(systems, machines),
  );
}

function inOrder<T extends { readonly name: string }>(reports: ReadonlyMap<string, T>): T[] {
  return [...reports.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function asJson(systems: readonly BuildReport[], machines: readonly CopyReport[]): string {
  return `${JSON.stringify({ systems, machines }, null, 2)}\n`;
}

function asMarkdown(systems: readonly BuildReport[], machines: readonly CopyReport[]): string {
  if (systems.length + machines.length === 0) return "No system and no image changes.\n";
  const parts = [
    ...systems.map(({ name, difference }) => section(name, describeDifference(difference, "full"))),
    ...machines.map(({ name, size }) => section(name, [describeCopy(size)])),
  ];
  return parts.join("\n");
}

/** Names are not Markdown, whatever is in them. */
function section(name: string, lines: readonly string[]): string {
  const items = lines.map((line) => `- ${line.replaceAll(/[\\`*_<>[\]#|]/g, "\\$&")}`);
  return [`### ${name}`, "", ...items, ""].join("\n");
}
