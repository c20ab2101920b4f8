import * as pulumi from "@pulumi/pulumi";
import type { NixSettings } from "../nix/cli.ts";
import { compareRecords } from "../nix/difference/difference.ts";
import { planDifference } from "../nix/difference/planned.ts";
import { decodeRecord, type SystemRecord } from "../nix/difference/record.ts";
import { recordOfSystem, rememberPlan, rememberRecord } from "./known-systems.ts";
import { addToReport } from "./report.ts";
import { tell } from "./tell.ts";
import { type Difference, describeDifference, type Length } from "./text.ts";

export interface AnnounceSettings extends NixSettings {
  /** How much of a difference is shown. */
  readonly diff: Length;
  /** File that gets the whole difference, Markdown or JSON; empty for none. */
  readonly diffFile: string;
}

/** What a build's inputs and outputs tell of its system. */
interface Build {
  readonly drvPath?: unknown;
  readonly outPath?: unknown;
  readonly imageSystem?: unknown;
  readonly record?: unknown;
}

/**
 * Shows how a build's system differs from what ran: at preview what is known without building it, and
 * after the build exactly. Nothing runs for a build that does not change.
 */
export function announceBuild(
  name: string,
  settings: AnnounceSettings,
): pulumi.ResourceHookBinding {
  if (pulumi.runtime.isDryRun()) {
    const foretell = new pulumi.ResourceHook(
      `${name}-difference`,
      (args) => foretellDifference(args, settings),
      { onDryRun: true, ignoreErrors: true },
    );
    return { beforeCreate: [foretell], beforeUpdate: [foretell] };
  }
  const show = new pulumi.ResourceHook(
    `${name}-difference`,
    (args) => showDifference(args, settings),
    { ignoreErrors: true },
  );
  return { afterUpdate: [show] };
}

async function foretellDifference(
  { urn, name, oldOutputs, newInputs = {} }: pulumi.ResourceHookArgs,
  settings: AnnounceSettings,
): Promise<void> {
  const { drvPath } = newInputs;
  const system = systemOf(newInputs);
  if (!isPath(drvPath) || system === undefined) return;
  if (oldOutputs?.drvPath === drvPath) {
    const why = "this computer's store does not have it";
    return tell(urn, [`the same as it was, and built or fetched again: ${why}`]);
  }
  const before = await recordBefore(oldOutputs);
  const after = await recordOfSystem(system);
  if (after) return announce(urn, name, compareRecords(before, after), settings);
  const plan = await planDifference(drvPath, before, settings);
  rememberPlan(system, plan);
  await announce(urn, name, plan, settings);
}

async function showDifference(
  { urn, name, oldOutputs, newOutputs = {} }: pulumi.ResourceHookArgs,
  settings: AnnounceSettings,
): Promise<void> {
  if (oldOutputs?.drvPath === newOutputs.drvPath) return;
  const after = decodeRecord(newOutputs.record);
  if (after) {
    const before = await recordBefore(oldOutputs);
    await announce(urn, name, compareRecords(before, after), settings);
  }
}

async function announce(
  urn: string,
  name: string,
  difference: Difference,
  settings: AnnounceSettings,
): Promise<void> {
  addToReport(settings.diffFile, { name, difference });
  await tell(urn, describeDifference(difference, settings.diff));
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
