import type { Sample } from "./measure.ts";
import { median } from "./median.ts";
import type { PartialResults } from "./results.ts";
import type { Table } from "./table.ts";

const MANY = 16;

/** Each figure as a ratio to its floor, beside the goal. */
export function goalsOf({ preview, up, machines = {}, copy = [] }: PartialResults): Table {
  const rows: string[][] = [];
  if (preview) {
    const floor = secondsOf(preview.emptyPreview) + 1.2 * secondsOf(preview.evaluation);
    rows.push(
      row(
        "`pulumi preview`, nothing changed",
        secondsOf(preview.preview),
        "an empty program's preview and 1.2 times one `nix eval`",
        floor,
        1,
      ),
    );
  }
  if (up) {
    rows.push(
      row(
        "`pulumi up`, nothing changed",
        secondsOf(up.up),
        "an empty program's `up`",
        secondsOf(up.emptyUp),
      ),
    );
  }
  const [one, many] = [machines[1], machines[MANY]];
  if (one) {
    rows.push(
      row(
        "a line of the application to one machine: `pulumi up` less an empty program's",
        secondsOf(one.up) - secondsOf(one.emptyUp),
        "by hand",
        secondsOf(one.byHand),
        1.3,
      ),
    );
  }
  if (many) {
    const seconds = secondsOf(many.up);
    const what = `a line of the application to ${MANY} machines: \`pulumi up\``;
    rows.push(row(what, seconds, `by hand, ${MANY} at once`, secondsOf(many.byHand), 1.5));
    if (one) rows.push(row(what, seconds, "`pulumi up` to one machine", secondsOf(one.up), 3));
  }
  for (const { content, mebibytes, byHand, copy: ours } of copy.filter(isBig)) {
    rows.push(
      row(
        `a copy of ${sizeOf(mebibytes)}, ${content}`,
        secondsOf(ours),
        "`nix-copy-closure` alone",
        secondsOf(byHand),
        1 / 0.9,
      ),
    );
  }
  return { head: ["what", "seconds", "floor", "seconds", "ratio", "goal"], rows };
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

function row(what: string, seconds: number, floor: string, floorSeconds: number, goal?: number) {
  const ratio = seconds / floorSeconds;
  const isMet = goal === undefined || ratio <= goal;
  return [
    what,
    seconds.toFixed(2),
    floor,
    floorSeconds.toFixed(2),
    ratio.toFixed(2),
    goal === undefined ? "" : `at most ${goal.toFixed(2)}: ${isMet ? "met" : "**missed**"}`,
  ];
}
