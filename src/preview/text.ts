import { formatBytes, formatGrowth } from "../bytes.ts";
import type { ExactDifference } from "../nix/difference/difference.ts";
import type { PackageChange } from "../nix/difference/packages.ts";
import type { PlannedDifference } from "../nix/difference/planned.ts";
import type { UnitChanges } from "../nix/difference/units.ts";
import { type Length, listed } from "./listed.ts";

export type Difference = ExactDifference | PlannedDifference;

/** How machines come to run a system: they switch to it, boot it some time, or are new ones of it. */
export type Arrival = "switch" | "boot" | "new machine";

/** What a system's difference is, a line for each subject that there is something to say of. */
export function describeDifference(
  difference: Difference,
  length: Length,
  arrival: Arrival,
): string[] {
  const lines =
    difference.kind === "exact"
      ? exactLines(difference, arrival)
      : plannedLines(difference, arrival);
  return lines.map(({ label, items, total }) =>
    [label, total, items && inBrackets(listed(items, length), total !== undefined)]
      .filter(Boolean)
      .join(" "),
  );
}

interface Line {
  readonly label: string;
  readonly total?: string | undefined;
  readonly items?: readonly string[];
}

function exactLines(difference: ExactDifference, arrival: Arrival): Line[] {
  const { closureBytes, closureBytesBefore, packages } = difference;
  return [
    { label: "closure:", total: closureSize(closureBytes, closureBytesBefore) },
    ...(packages ? list("packages:", packages.changed.map(describePackage)) : []),
    ...(packages ? list("rebuilt, same version:", packages.rebuilt) : []),
    ...runningLines(difference, arrival),
  ];
}

function closureSize(bytes: number, before: number | undefined): string {
  if (before === undefined) return formatBytes(bytes);
  const growth = bytes === before ? "as big as before" : formatGrowth(bytes - before);
  return `${formatBytes(bytes)} (${growth})`;
}

function plannedLines(difference: PlannedDifference, arrival: Arrival): Line[] {
  const { closureBytesBefore, likelyGrowth, packages } = difference;
  const { toBuild, toFetch, fetchSize, rebuiltHere } = difference;
  return [
    ...(closureBytesBefore === undefined
      ? []
      : [{ label: "closure:", total: likelySize(closureBytesBefore, likelyGrowth) }]),
    ...list("packages:", packages.map(describePackage)),
    ...runningLines(difference, arrival),
    ...list("to build:", toBuild, String(toBuild.length)),
    ...(rebuiltHere > 0
      ? [{ label: "to build again, for it is not in this store:", total: String(rebuiltHere) }]
      : []),
    ...list("to fetch:", toFetch, String(toFetch.length)),
    ...(fetchSize === undefined ? [] : [{ label: "fetched in all:", total: fetchSize }]),
    ...(closureBytesBefore === undefined
      ? []
      : [
          {
            label: "not built yet:",
            total: "its derivations tell this; `pulumi up` shows the exact difference",
          },
        ]),
  ];
}

/** What is known of what grows, such as of a package that goes. */
function likelySize(bytes: number, growth = 0): string {
  const change = Math.abs(growth) >= 1024 ? `, about ${formatGrowth(growth)} then` : "";
  return `${formatBytes(bytes)} now${change}`;
}

/** What becomes of what runs. A boot leaves nothing of it, and in new machines nothing did. */
function runningLines({ units, takesReboot }: Difference, arrival: Arrival): Line[] {
  if (arrival !== "switch") return units ? bootedLines(units) : [];
  return [...(units ? unitLines(units) : []), ...list("takes a reboot:", takesReboot)];
}

function bootedLines({ restart, reload, keep, stop, added }: UnitChanges): Line[] {
  return [
    ...list("units that differ:", [...restart, ...reload, ...keep].sort()),
    ...list("units that go:", stop),
    ...list("new units:", added),
  ];
}

function unitLines(units: UnitChanges): Line[] {
  return [
    ...list("units that restart:", units.restart),
    ...list("units that reload:", units.reload),
    ...list("units that stop:", units.stop),
    ...list("new units:", units.added),
    ...list("units that change and keep running as they are:", units.keep),
  ];
}

function list(label: string, items: readonly string[], total?: string): Line[] {
  return items.length === 0 ? [] : [{ label, items, total }];
}

function inBrackets(text: string, isInside: boolean): string {
  return isInside ? `(${text})` : text;
}

/** `hello 2.12 → 2.13`, `+hello 2.13`, `-hello 2.12`; with how much it grew, if that is notable. */
function describePackage({ name, before, after, bytes }: PackageChange): string {
  const size = Math.abs(bytes) >= 1024 ? ` (${formatGrowth(bytes)})` : "";
  if (before.length === 0 && after.length === 0) return `${name}${size}`;
  const versions = (some: readonly string[]) => some.map((version) => version || "ε").join(", ");
  if (before.length === 0) return `+${withVersion(name, after)}${size}`;
  if (after.length === 0) return `-${withVersion(name, before)}${size}`;
  return `${name} ${versions(before)} → ${versions(after)}${size}`;
}

function withVersion(name: string, versions: readonly string[]): string {
  return [name, versions.filter(Boolean).join(", ")].filter(Boolean).join(" ");
}
