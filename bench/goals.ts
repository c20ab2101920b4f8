import type { Sample } from "./measure.ts";
import { median } from "./median.ts";
import type { PartialResults } from "./results.ts";
import type { Table } from "./table.ts";

const MANY = 16;
/** What two runs of the same may differ by. */
const FLAT = 1.1;

/** Each figure as a ratio to its floor, beside the goal. */
export function goalsOf(results: PartialResults): Table {
  return {
    head: ["what", "measured", "floor", "measured", "ratio", "goal"],
    rows: [...unchangedRows(results), ...redeployRows(results), ...copyRows(results)],
  };
}

function unchangedRows({ preview, up }: PartialResults): string[][] {
  const rows: string[][] = [];
  if (preview) {
    const floor = secondsOf(preview.emptyPreview) + 1.2 * secondsOf(preview.evaluation);
    const what = "an empty program's preview and 1.2 times one `nix eval`";
    rows.push(
      timeRow("`pulumi preview`, nothing changed", secondsOf(preview.preview), what, floor, 1),
    );
  }
  if (up) {
    const floor = secondsOf(up.emptyUp);
    rows.push(
      timeRow("`pulumi up`, nothing changed", secondsOf(up.up), "an empty program's `up`", floor),
    );
  }
  return rows;
}

function redeployRows({ machines = {} }: PartialResults): string[][] {
  const [one, many] = [machines[1], machines[MANY]];
  const rows: string[][] = [];
  if (one) {
    const what = "a line of the application to one machine: `pulumi up` less an empty program's";
    const seconds = secondsOf(one.up) - secondsOf(one.emptyUp);
    rows.push(timeRow(what, seconds, "by hand", secondsOf(one.byHand), 1.3));
  }
  if (many) {
    const seconds = secondsOf(many.up);
    const what = `a line of the application to ${MANY} machines: \`pulumi up\``;
    rows.push(timeRow(what, seconds, `by hand, ${MANY} at once`, secondsOf(many.byHand), 1.5));
    if (one) {
      const alone = "`pulumi up` to one machine";
      rows.push(timeRow(what, seconds, alone, secondsOf(one.up), 3));
      const [memory, aloneMemory] = [peakOf(many.up), peakOf(one.up)];
      rows.push(memoryRow("the memory of that", memory, alone, aloneMemory));
      const copies = peakOf(many.byHand) - peakOf(one.byHand);
      const withCopies = `that, and what by hand takes more for ${MANY} than for one`;
      rows.push(memoryRow("the same", memory, withCopies, aloneMemory + copies));
    }
  }
  return rows;
}

function copyRows({ copy: copies = [] }: PartialResults): string[][] {
  return copies.filter(isBig).flatMap(({ content, mebibytes, byHand, copy }) => {
    const what = `a copy of ${sizeOf(mebibytes)}, ${content}`;
    const small = copies.find((other) => other.content === content && !isBig(other));
    return [
      timeRow(what, secondsOf(copy), "`nix-copy-closure` alone", secondsOf(byHand), 1 / 0.9),
      ...(small
        ? [
            memoryRow(
              "the memory of that",
              peakOf(copy),
              `a copy of ${sizeOf(small.mebibytes)}`,
              peakOf(small.copy),
            ),
          ]
        : []),
    ];
  });
}

export function secondsOf({ seconds }: Sample): number {
  return median(seconds);
}

export function peakOf({ peakMiB }: Sample): number {
  return Math.max(...peakMiB);
}

export function sizeOf(mebibytes: number): string {
  return mebibytes >= 1024 ? `${mebibytes / 1024} GiB` : `${mebibytes} MiB`;
}

function isBig({ mebibytes }: { readonly mebibytes: number }): boolean {
  return mebibytes >= 1024;
}

function timeRow(
  what: string,
  seconds: number,
  floor: string,
  floorSeconds: number,
  goal?: number,
): string[] {
  const ratio = seconds / floorSeconds;
  const verdict = goal && `at most ${goal.toFixed(2)}: ${isMet(ratio, goal)}`;
  const times = [seconds, floorSeconds].map((value) => `${value.toFixed(2)} s`);
  return [what, times[0] ?? "", floor, times[1] ?? "", ratio.toFixed(2), verdict || ""];
}

function memoryRow(what: string, mebibytes: number, floor: string, floorMebibytes: number) {
  const ratio = mebibytes / floorMebibytes;
  const sizes = [mebibytes, floorMebibytes].map((value) => `${value.toFixed(0)} MiB`);
  const verdict = `flat, within a tenth: ${isMet(ratio, FLAT)}`;
  return [what, sizes[0] ?? "", floor, sizes[1] ?? "", ratio.toFixed(2), verdict];
}

function isMet(ratio: number, goal: number): string {
  return ratio <= goal ? "met" : "**missed**";
}
