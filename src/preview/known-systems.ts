import { existsSync } from "node:fs";
import type { LikelyClosure } from "../nix/difference/likely-closure.ts";
import { recordOf, type SystemRecord } from "../nix/difference/record.ts";
import type { Difference } from "./text.ts";
import type { UploadSize } from "./upload-size.ts";

/** What this run of the program knows of systems, by store path, so that nothing is asked twice. */
const records = new Map<string, Promise<SystemRecord | undefined>>();
const likely = new Map<string, LikelyClosure>();
const compared = new Map<string, Comparison>();
const uploads = new Map<string, UploadSize>();

/** What is known of a system that is on record or in this computer's store; undefined for another. */
export function recordOfSystem(storePath: string): Promise<SystemRecord | undefined> {
  const known = records.get(storePath) ?? readRecord(storePath);
  records.set(storePath, known);
  return known;
}

/** What the stack's state has on record of a system. */
export function rememberRecord(storePath: string, record: SystemRecord): void {
  records.set(storePath, Promise.resolve(record));
}

/** What derivations tell of the closure of a system that is not built; undefined where they do not. */
export function likelyClosureOf(storePath: string): LikelyClosure | undefined {
  return likely.get(storePath);
}

export function rememberLikely(storePath: string, closure: LikelyClosure): void {
  likely.set(storePath, closure);
}

/** How a build compares its system with others. */
export interface Comparison {
  /** The one that it was shown against: what was built before. */
  readonly before: string | undefined;
  differenceFrom(before: SystemRecord | undefined): Promise<Difference>;
}

/** Undefined for a system that no build of this run makes anew. */
export function comparisonOf(storePath: string): Comparison | undefined {
  return compared.get(storePath);
}

export function rememberComparison(storePath: string, comparison: Comparison): void {
  compared.set(storePath, comparison);
}

/** How big the image of a build is, by the build's name; undefined where that is not known. */
export function uploadOfBuild(name: string): UploadSize | undefined {
  return uploads.get(name);
}

export function rememberUpload(name: string, size: UploadSize): void {
  uploads.set(name, size);
}

/** A path may be there and yet not be valid, if a build was killed. */
async function readRecord(storePath: string): Promise<SystemRecord | undefined> {
  return existsSync(storePath) ? recordOf(storePath).catch(() => undefined) : undefined;
}
