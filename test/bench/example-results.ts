import type { Sample } from "../../bench/measure.ts";
import type { Results } from "../../bench/results.ts";

const sample = (seconds: number, peakMiB = 100): Sample => ({
  seconds: [seconds + 1, seconds, seconds - 0.5],
  peakMiB: [peakMiB - 10, peakMiB],
});

const redeploy = (count: number) => ({
  emptyUp: sample(1.5),
  byHand: sample(8 + count, 20 + count * 5),
  up: sample(12 + count, 400 + count * 40),
  buildSeconds: [7, 6, 8],
});

const copies = (content: "incompressible" | "compressible") => [
  { content, mebibytes: 64, byHand: sample(1, 12), copy: sample(1.2, 80) },
  { content, mebibytes: 1024, byHand: sample(9, 13), copy: sample(10.5, 81) },
];

/** Figures that nobody measured, for what the bench makes of them. */
export const exampleResults = {
  computer: {
    processors: 2,
    processorModel: "a processor",
    memoryGiB: 24,
    nix: "2.8.0",
    node: "24.0.0",
    pulumi: "3.258.0",
  },
  first: [
    { name: "the CLI", begin: 0, seconds: 1, isOnTheWay: true, parts: [] },
    {
      name: "Build `system`",
      begin: 1,
      seconds: 9.5,
      isOnTheWay: true,
      parts: [{ name: "python3-iplz", seconds: 6.25 }],
    },
    { name: "Machine `machine-1`", begin: 2, seconds: 1.25, isOnTheWay: false, parts: [] },
  ],
  preview: { emptyPreview: sample(1.5), evaluation: sample(0.5), preview: sample(1.6) },
  up: { emptyUp: sample(1.5), up: sample(3) },
  machines: { 1: redeploy(1), 4: redeploy(4), 16: redeploy(16) },
  copy: [...copies("incompressible"), ...copies("compressible")],
} as const satisfies Results;
