import { existsSync } from "node:fs";
import type { PlannedDifference } from "../nix/difference/planned.ts";
import { recordOf, type SystemRecord } from "../nix/difference/record.ts";
import type { UploadSize } from "./upload-size.ts";

/** What this run of the program knows of systems, by store path, so that nothing is asked twice. */
const records = new Map<string, Promise<SystemRecord | undefined>>();
const plans = new Map<string, PlannedDifference>();
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

/** What derivations tell of a system that is not built. */
export function planOfSystem(storePath: string): PlannedDifference | undefined {
  return plans.get(storePath);
}

export function rememberPlan(storePath: string, plan: PlannedDifference): void {
  plans.set(storePath, plan);
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
