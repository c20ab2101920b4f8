import { compareBootParts } from "./boot-parts.ts";
import { comparePackages, type PackageChanges } from "./packages.ts";
import { closureBytesOf, type SystemRecord } from "./record.ts";
import { compareUnits, type UnitChanges } from "./units.ts";

/** How a system that is built differs from what ran before. */
export interface ExactDifference {
  readonly kind: "exact";
  readonly closureBytes: number;
  /** Undefined, as what follows, where nothing is on record of what ran before. */
  readonly closureBytesBefore: number | undefined;
  readonly packages: PackageChanges | undefined;
  readonly units: UnitChanges | undefined;
  /** What is another only after a reboot, in words. */
  readonly takesReboot: readonly string[];
}

/** Compares two systems by what is on record of them. */
export function compareRecords(
  before: SystemRecord | undefined,
  after: SystemRecord,
): ExactDifference {
  return {
    kind: "exact",
    closureBytes: closureBytesOf(after),
    closureBytesBefore: before && closureBytesOf(before),
    packages: before && comparePackages(before.objects, after.objects),
    units: before && compareUnits(before.units, after.units),
    takesReboot: before ? compareBootParts(before.boot, after.boot) : [],
  };
}
