import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type CopySize, describeCopy } from "./copy-size.ts";
import { type Arrival, type Difference, describeDifference } from "./text.ts";
import { describeUpload, type UploadSize } from "./upload-size.ts";

/** What changes in a build. */
export interface BuildReport {
  readonly name: string;
  readonly difference: Difference;
  readonly arrival: Arrival;
}

/** What is copied to a machine. */
export interface CopyReport {
  readonly name: string;
  readonly size: CopySize | undefined;
}

/** What is uploaded for an image. */
export interface UploadReport {
  readonly name: string;
  readonly size: UploadSize | undefined;
}

const builds = new Map<string, BuildReport>();
const copies = new Map<string, CopyReport>();
const uploads = new Map<string, UploadReport>();

/** Undefined where nobody wants a report. */
let file: string | undefined;

/** Writes a report in which nothing changes, so that none of an earlier run is taken for this one's. */
export function beginReport(path: string): void {
  file = path;
  write();
}

/** Adds a build to the report that was begun, if one was, and writes it. */
export function addToReport(report: BuildReport): void {
  builds.set(report.name, report);
  write();
}

/** Adds a machine to it. */
export function addCopyToReport(report: CopyReport): void {
  copies.set(report.name, report);
  write();
}

/** Adds an image to it. */
export function addUploadToReport(report: UploadReport): void {
  uploads.set(report.name, report);
  write();
}

/** At once and whole, so that reports that come side by side do not get into each other's way. */
function write(): void {
  if (file === undefined) return;
  const report = {
    systems: inOrder(builds),
    machines: inOrder(copies),
    images: inOrder(uploads),
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, file.endsWith(".json") ? asJson(report) : asMarkdown(report));
}

interface Report {
  readonly systems: readonly BuildReport[];
  readonly machines: readonly CopyReport[];
  readonly images: readonly UploadReport[];
}

function inOrder<T extends { readonly name: string }>(reports: ReadonlyMap<string, T>): T[] {
  return [...reports.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function asJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

function asMarkdown({ systems, machines, images }: Report): string {
  const parts = [
    ...systems.map(({ name, difference, arrival }) =>
      section(name, describeDifference(difference, "full", arrival)),
    ),
    ...machines.map(({ name, size }) => section(name, [describeCopy(size)])),
    ...images.map(({ name, size }) => section(name, [describeUpload(size)])),
  ];
  return parts.length === 0 ? "No system and no image changes.\n" : parts.join("\n");
}

/** Names are not Markdown, whatever is in them. */
function section(name: string, lines: readonly string[]): string {
  const items = lines.map((line) => `- ${line.replaceAll(/[\\`*_<>[\]#|]/g, "\\$&")}`);
  return [`### ${name}`, "", ...items, ""].join("\n");
}
