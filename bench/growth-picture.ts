import { peakOf, secondsOf } from "./goals.ts";
import type { RedeploySamples } from "./redeploy.ts";

interface Line {
  readonly name: string;
  readonly color: string;
  readonly values: readonly number[];
}

const WIDTH = 300;
const HEIGHT = 180;
const MARGIN = { left: 48, top: 28, between: 72, bottom: 58 };
// Legible on a light page and on a dark one.
const GREY = "#7d8590";
const COLORS = { up: "#3b82f6", byHand: "#d97706" };

/**
 * An SVG of two charts: seconds and MiB, each by the number of machines, which doubles from left to right.
 * Figures are as exact as in the page's tables, so that it can be drawn again from these.
 */
export function growthPicture(machines: Readonly<Record<string, RedeploySamples>>): string {
  const counts = Object.keys(machines).map(Number);
  const samples = Object.values(machines);
  const lines = (value: (of: RedeploySamples["up"]) => number): Line[] => [
    { name: "pulumi up", color: COLORS.up, values: samples.map(({ up }) => value(up)) },
    { name: "by hand", color: COLORS.byHand, values: samples.map(({ byHand }) => value(byHand)) },
  ];
  const width = MARGIN.left + 2 * WIDTH + MARGIN.between + 60;
  const height = MARGIN.top + HEIGHT + MARGIN.bottom;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Helvetica,Arial,sans-serif" font-size="11" fill="${GREY}">`,
    ...chart(
      "seconds",
      counts,
      lines((sample) => Number(secondsOf(sample).toFixed(2))),
      MARGIN.left,
    ),
    ...chart(
      "memory in MiB",
      counts,
      lines((sample) => Math.round(peakOf(sample))),
      MARGIN.left + WIDTH + MARGIN.between,
    ),
    "</svg>",
    "",
  ].join("\n");
}

function chart(title: string, counts: readonly number[], lines: readonly Line[], left: number) {
  const most = Math.max(...lines.flatMap(({ values }) => values));
  const step = stepFor(most);
  const steps = Math.ceil(most / step);
  const bottom = MARGIN.top + HEIGHT;
  const widest = Math.log2(Math.max(...counts)) - Math.log2(Math.min(...counts)) || 1;
  const x = (count: number) =>
    left + ((Math.log2(count) - Math.log2(Math.min(...counts))) / widest) * WIDTH;
  const y = (value: number) => bottom - (value / (steps * step)) * HEIGHT;
  const ticks = Array.from({ length: steps + 1 }, (_, at) => at * step);
  return [
    text(left, MARGIN.top - 12, title, "start"),
    ...ticks.flatMap((tick) => [
      `<path d="M${left} ${round(y(tick))}h${WIDTH}" stroke="${GREY}" stroke-opacity="0.3"/>`,
      text(left - 6, y(tick) + 4, String(tick), "end"),
    ]),
    ...counts.map((count) => text(x(count), bottom + 16, String(count), "middle")),
    text(left + WIDTH / 2, bottom + 32, "machines", "middle"),
    ...lines.flatMap(({ name, color, values }, at) => {
      const points = values.map((value, index) => [x(counts[index] ?? 1), y(value)].map(round));
      return [
        `<polyline points="${points.join(" ")}" fill="none" stroke="${color}" stroke-width="2"/>`,
        ...points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${color}"/>`),
        text(left + at * 90, bottom + 50, name, "start", color),
      ];
    }),
  ];
}

function text(x: number, y: number, words: string, anchor: string, color = GREY): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${color}">${words}</text>`;
}

/** 1, 2 or 5 times a power of ten, so that there are at most six. */
function stepFor(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return [0.2, 0.5, 1, 2].map((part) => part * power).find((step) => most / step <= 6) ?? power;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
