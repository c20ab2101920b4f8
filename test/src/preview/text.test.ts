import { expect, test } from "vitest";
import { formatBytes, formatGrowth } from "../../../src/bytes.ts";
import { type Arrival, describeDifference } from "../../../src/preview/text.ts";

const noUnits = { restart: [], reload: [], keep: [], stop: [], added: [] };

test.each([
  [0, "0 bytes"],
  [1023, "1023 bytes"],
  [1536, "1.5 KiB"],
  [4_500_000, "4.3 MiB"],
  [3 * 1024 ** 3, "3.0 GiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
  expect(formatGrowth(bytes)).toBe(`+${text}`);
});

test("an exact difference has a line for each thing that changes, and no other", () => {
  const packages = {
    changed: [
      { name: "hello", before: ["2.12"], after: ["2.13"], bytes: 2048 },
      { name: "come", before: [], after: ["1.0"], bytes: 10 },
      { name: "gone", before: [""], after: [], bytes: -10_240 },
      { name: "grown", before: [], after: [], bytes: 9_000 },
    ],
    rebuilt: ["etc"],
  };
  const units = {
    ...{ restart: ["a.service", "b.service"], reload: ["c.service"], keep: ["d.service"] },
    ...{ stop: ["e.service"], added: ["f.service"] },
  };
  const sizes = { closureBytes: 4096, closureBytesBefore: 2048 };
  const takesReboot = ["linux 6.1.100 → 6.1.112"];
  const difference = { kind: "exact" as const, ...sizes, packages, units, takesReboot };
  expect(describeDifference(difference, "short", "switch")).toEqual([
    "closure: 4.0 KiB (+2.0 KiB)",
    "packages: hello 2.12 → 2.13 (+2.0 KiB), +come 1.0, -gone (-10.0 KiB), grown (+8.8 KiB)",
    "rebuilt, same version: etc",
    "units that restart: a.service, b.service",
    "units that reload: c.service",
    "units that stop: e.service",
    "new units: f.service",
    "units that change and keep running as they are: d.service",
    "takes a reboot: linux 6.1.100 → 6.1.112",
  ]);
  const ofWhatRuns = (arrival: Arrival) =>
    describeDifference(difference, "short", arrival).filter((line) => /unit|reboot/.test(line));
  expect(ofWhatRuns("boot")).toEqual(ofWhatRuns("new machine"));
  expect(ofWhatRuns("new machine")).toEqual([
    "units that differ: a.service, b.service, c.service, d.service",
    "units that go: e.service",
    "new units: f.service",
  ]);
});

test("a long list is cut short, and whole where it is asked for", () => {
  const rebuilt = Array.from({ length: 10 }, (_, at) => `p${at}`);
  const difference = {
    ...({ kind: "exact", closureBytes: 1, closureBytesBefore: 1 } as const),
    packages: { changed: [], rebuilt },
    units: noUnits,
    takesReboot: [],
  };
  expect(describeDifference(difference, "short", "switch")).toEqual([
    "closure: 1 bytes (as big as before)",
    "rebuilt, same version: p0, p1, p2, p3, p4, p5, p6, p7, 2 more",
  ]);
  expect(describeDifference(difference, "full", "switch").at(-1)).toBe(
    `rebuilt, same version: ${rebuilt.join(", ")}`,
  );
});

test("a system that nothing was before has a size only", () => {
  const difference = {
    ...({ kind: "exact", closureBytes: 2048, closureBytesBefore: undefined } as const),
    ...{ packages: undefined, units: undefined, takesReboot: [] },
  };
  expect(describeDifference(difference, "full", "switch")).toEqual(["closure: 2.0 KiB"]);
});

test("a difference by derivations says that it is one", () => {
  const difference = {
    ...({ kind: "planned", toBuild: ["a", "b"], rebuiltHere: 3, toFetch: ["c-1"] } as const),
    ...{ fetchSize: "1.00 MiB download, 2.00 MiB unpacked", units: undefined, likelyGrowth: 2048 },
    packages: [{ name: "c", before: ["0"], after: ["1"], bytes: 0 }],
    takesReboot: [],
    closureBytesBefore: 1024,
  };
  expect(describeDifference({ ...difference, likelyGrowth: -1000 }, "short", "switch")[0]).toBe(
    "closure: 1.0 KiB now",
  );
  expect(describeDifference(difference, "short", "switch")).toEqual([
    "closure: 1.0 KiB now, about +2.0 KiB then",
    "packages: c 0 → 1",
    "to build: 2 (a, b)",
    "to build again, for it is not in this store: 3",
    "to fetch: 1 (c-1)",
    "fetched in all: 1.00 MiB download, 2.00 MiB unpacked",
    "not built yet: its derivations tell this; `pulumi up` shows the exact difference",
  ]);
});
