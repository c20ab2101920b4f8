import type { CopySamples } from "./copy.ts";
import { goalsOf, peakOf, secondsOf, sizeOf } from "./goals.ts";
import type { Sample } from "./measure.ts";
import { median } from "./median.ts";
import type { Phase } from "./phases.ts";
import type { RedeploySamples } from "./redeploy.ts";
import type { PartialResults } from "./results.ts";
import type { Table } from "./table.ts";

type ByCount = Readonly<Record<string, RedeploySamples>>;

/** All that there is to tell of the results. */
export function tablesOf(results: PartialResults): Table[] {
  const { machines, copy, first } = results;
  return [
    goalsOf(results),
    ...(machines ? [growthOf(machines), memoryOf(machines)] : []),
    ...(copy ? [copiesOf(copy)] : []),
    ...(first ? [phasesIn(first)] : []),
  ].filter(({ rows }) => rows.length > 0);
}

/** Seconds by the number of machines. */
export function growthOf(machines: ByCount): Table {
  return {
    head: [
      ...["machines", "build", "by hand", "`pulumi up`", "ratio"],
      ...["less start and build", "ratio", "runs"],
    ],
    rows: Object.entries(machines).map(([count, { emptyUp, byHand, up, buildSeconds }]) => {
      const build = median(buildSeconds);
      const seconds = [secondsOf(byHand), secondsOf(up)] as const;
      const less = [seconds[0] - build, seconds[1] - secondsOf(emptyUp) - build] as const;
      return [
        count,
        ...[build, ...seconds].map((value) => `${value.toFixed(2)} s`),
        (seconds[1] / seconds[0]).toFixed(2),
        `${less[1].toFixed(2)} s, by hand ${less[0].toFixed(2)} s`,
        (less[1] / less[0]).toFixed(2),
        `${up.seconds.length}`,
      ];
    }),
  };
}

/** The most memory by the number of machines. */
export function memoryOf(machines: ByCount): Table {
  const least = Object.entries(machines)[0];
  return {
    head: ["machines", "memory by hand", "memory of `pulumi up`", "more for each machine"],
    rows: Object.entries(machines).map(([count, { byHand, up }]) => {
      const [from = count, few = { byHand, up }] = least ?? [];
      const more = (many: Sample, one: Sample) =>
        mebibytes((peakOf(many) - peakOf(one)) / (Number(count) - Number(from)));
      return [
        count,
        mebibytes(peakOf(byHand)),
        mebibytes(peakOf(up)),
        count === from ? "" : `${more(up, few.up)}, by hand ${more(byHand, few.byHand)}`,
      ];
    }),
  };
}

/** Seconds and memory of big copies. */
export function copiesOf(copies: readonly CopySamples[]): Table {
  return {
    head: [
      "closure",
      "`nix-copy-closure`",
      "a deployment",
      "speed",
      "memory of `nix-copy-closure`",
      "memory of a deployment",
    ],
    rows: copies.map(({ content, mebibytes: size, byHand, copy }) => [
      `${sizeOf(size)}, ${content}`,
      `${secondsOf(byHand).toFixed(2)} s`,
      `${secondsOf(copy).toFixed(2)} s`,
      `${(secondsOf(byHand) / secondsOf(copy)).toFixed(2)}`,
      mebibytes(peakOf(byHand)),
      mebibytes(peakOf(copy)),
    ]),
  };
}

/** What each second of a first `up` went to. */
export function phasesIn(phases: readonly Phase[]): Table {
  return {
    head: ["what", "begins at", "on the way", "beside it"],
    rows: phases.map(({ name, begin, seconds, isOnTheWay, parts }) => [
      [name, ...parts.map((part) => `${part.name} ${part.seconds.toFixed(1)} s`)].join(", "),
      `${begin.toFixed(2)} s`,
      ...(isOnTheWay ? [`${seconds.toFixed(2)} s`, ""] : ["", `${seconds.toFixed(2)} s`]),
    ]),
  };
}

function mebibytes(size: number): string {
  return `${size.toFixed(0)} MiB`;
}
