import * as pulumi from "@pulumi/pulumi";
import type { NixSettings } from "../nix/cli.ts";
import { compareRecords } from "../nix/difference/difference.ts";
import { planDifference } from "../nix/difference/planned.ts";
import { decodeRecord, type SystemRecord } from "../nix/difference/record.ts";
import type { ImageInfo } from "../nix/image-info.ts";
import { tell } from "../tell.ts";
import {
  recordOfSystem,
  rememberComparison,
  rememberLikely,
  rememberRecord,
  rememberUpload,
} from "./known-systems.ts";
import type { Length } from "./listed.ts";
import { addToReport } from "./report.ts";
import { type Arrival, type Difference, describeDifference } from "./text.ts";
import { uploadSize } from "./upload-size.ts";

export interface AnnounceSettings extends NixSettings {
  /** How much of a difference is shown. */
  readonly diff: Length;
  /** How machines come to run it. */
  readonly arrival: Arrival;
  /** Another computer builds, and keeps what it builds. */
  readonly isElsewhere: boolean;
}

/** What a build's inputs and outputs tell of its system. */
export interface Build {
  readonly drvPath?: unknown;
  readonly outPath?: unknown;
  readonly imageSystem?: unknown;
  readonly record?: unknown;
  readonly image?: Partial<ImageInfo> | undefined;
}

interface Foretold extends Pick<pulumi.ResourceHookArgs, "urn" | "name" | "oldOutputs"> {
  readonly newInputs?: Build | undefined;
}

const IN_ADVANCE =
  "told with another SSH key in place of the stack's own, which the first `pulumi up` makes";

/**
 * Tells in a preview how what will be built differs from what was.
 *
 * @param evaluateInAdvance as announceBuild has it.
 */
export async function foretellBuild(
  args: Foretold,
  settings: AnnounceSettings,
  evaluateInAdvance: () => Promise<Build>,
): Promise<void> {
  const isKnown = isPath(args.newInputs?.drvPath);
  const build = isKnown ? args.newInputs : await evaluateInAdvance();
  await foretellDifference({ ...args, newInputs: build }, settings).catch(warn);
  if (!isKnown) await tell(args.urn, [IN_ADVANCE]);
}

/** Tells after a build how it differs from what was. */
export async function showBuild(
  { urn, name, oldOutputs, newOutputs = {} }: pulumi.ResourceHookArgs,
  settings: AnnounceSettings,
): Promise<void> {
  const [before, after] = [await recordBefore(oldOutputs), decodeRecord(newOutputs.record)];
  const system = systemOf(newOutputs);
  if (!after || system === undefined) return;
  rememberRecord(system, after);
  if (oldOutputs?.drvPath === newOutputs.drvPath) return;
  rememberComparison(system, {
    before: oldOutputs && systemOf(oldOutputs),
    differenceFrom: async (other) => compareRecords(other, after),
  });
  await announce(urn, name, compareRecords(before, after), settings);
}

/** A difference that cannot be told stops nobody from making it. */
async function warn(error: unknown): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  await pulumi.log.warn(`What changes cannot be told: ${reason}`);
}

async function foretellDifference(
  { urn, name, oldOutputs, newInputs = {} }: Foretold,
  settings: AnnounceSettings,
): Promise<void> {
  const { drvPath } = newInputs;
  const system = systemOf(newInputs);
  if (!isPath(drvPath) || system === undefined) return;
  const drvPathBefore = oldOutputs?.drvPath;
  if (drvPathBefore === drvPath) {
    const why = "this computer's store does not have it";
    return tell(urn, [`the same as it was, and built or fetched again: ${why}`]);
  }
  await foretellUpload(name, newInputs, oldOutputs);
  const before = await recordBefore(oldOutputs);
  const differenceFrom = async (other: SystemRecord | undefined): Promise<Difference> => {
    const after = await recordOfSystem(system);
    if (after) return compareRecords(other, after);
    const { difference, closure } = await planDifference(drvPath, other, {
      nixOptions: settings.nixOptions,
      ...(settings.isElsewhere && {
        elsewhere: { drvPathBefore: isPath(drvPathBefore) ? drvPathBefore : undefined },
      }),
    });
    if (closure && other === before) rememberLikely(system, closure);
    return difference;
  };
  rememberComparison(system, { before: oldOutputs && systemOf(oldOutputs), differenceFrom });
  await announce(urn, name, await differenceFrom(before), settings);
}

/** What is built from what it is may be known to who uploads it. */
async function foretellUpload(name: string, now: Build, before: Build | undefined): Promise<void> {
  if (!isPath(now.imageSystem) || !isPath(now.outPath)) return;
  const size = await uploadSize(now.outPath, before?.image);
  if (size) rememberUpload(name, size);
}

async function announce(
  urn: string,
  name: string,
  difference: Difference,
  { diff, arrival }: AnnounceSettings,
): Promise<void> {
  addToReport({ name, difference, arrival });
  await tell(urn, describeDifference(difference, diff, arrival));
}

/** By the state, where it has it on record, so that it need not be in this computer's store. */
async function recordBefore(build: Build | undefined): Promise<SystemRecord | undefined> {
  const system = build && systemOf(build);
  if (system === undefined) return undefined;
  const record = decodeRecord(build?.record);
  if (record) rememberRecord(system, record);
  return recordOfSystem(system);
}

function systemOf({ imageSystem, outPath }: Build): string | undefined {
  return [imageSystem, outPath].find(isPath);
}

/** What is not known in a preview is no path. */
function isPath(value: unknown): value is string {
  return typeof value === "string" && value.startsWith("/");
}
