import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { build } from "../../../../src/nix/build.ts";
import { compareRecords } from "../../../../src/nix/difference/difference.ts";
import {
  keyOf,
  type PackageChange,
  type PackageObject,
} from "../../../../src/nix/difference/packages.ts";
import { planDifference } from "../../../../src/nix/difference/planned.ts";
import {
  decodeRecord,
  encodeRecord,
  recordOf,
  type SystemRecord,
} from "../../../../src/nix/difference/record.ts";
import { evaluate } from "../../../../src/nix/evaluate.ts";
import { makeCheckout } from "../../../helpers/flake-checkout.ts";

const run = `${process.pid}-${Date.now()}`;

const usual = {
  ...{ user: "nobody", isReloaded: false, niceness: 1, hasMore: false },
  packages: ["kept-1"],
  kernel: null as string | null,
  kernelParams: ["quiet", "loglevel=4"],
};

/** The system that system.nix describes, in a version of its program. */
async function systemWith(version: string, different: Partial<typeof usual> = {}) {
  const settings = JSON.stringify({ run, version, ...usual, ...different });
  const checkout = await makeCheckout({
    "flake.nix": `{ outputs = _: {
      packages.x86_64-linux.it = import ./system.nix (builtins.fromJSON ''${settings}'');
    }; }`,
    "system.nix": await readFile("test/src/nix/difference/system.nix", "utf8"),
  });
  onTestFinished(() => checkout[Symbol.asyncDispose]());
  const evaluation = await evaluate({ flake: checkout.folder, attribute: "it" });
  const gcRoot = `${checkout.folder}/root`;
  return {
    ...evaluation,
    build: () => build({ ...evaluation, gcRoot, installable: "it", onLine: () => {} }),
    removeRoot: () => rm(gcRoot),
  };
}

async function builtSystem(version: string, different: Partial<typeof usual> = {}) {
  const system = await systemWith(version, different);
  await system.build();
  return { ...system, record: await recordOf(system.outPath) };
}

test("derivations tell what will be built, which versions change and which units restart", async () => {
  const old = await builtSystem("1.0");
  const next = await systemWith("1.1");
  const { difference: planned } = await planDifference(next.drvPath, old.record, {});
  expect(planned).toEqual({
    kind: "planned",
    toBuild: ["program-1.1", "unit-a.service", "etc", "system"],
    rebuiltHere: 0,
    toFetch: [],
    fetchSize: undefined,
    packages: [{ name: "program", before: ["1.0"], after: ["1.1"], bytes: 0 }],
    units: { restart: ["a.service"], reload: [], keep: [], stop: [], added: [] },
    takesReboot: [],
    closureBytesBefore: compareRecords(undefined, old.record).closureBytes,
    likelyGrowth: 0,
  });
  expect(existsSync(next.outPath)).toBe(false);

  await next.build();
  const exact = compareRecords(old.record, await recordOf(next.outPath));
  expect(exact.units).toEqual(planned.units);
  expect(exact.packages).toEqual({
    changed: [{ name: "program", before: ["1.0"], after: ["1.1"], bytes: 0 }],
    rebuilt: ["etc", "system", "unit-a.service"],
  });
});

test("the new system's own unit says whether it is reloaded instead", async () => {
  const old = await builtSystem("2.0");
  const next = await systemWith("2.0", { user: "daemon", isReloaded: true });
  const { difference } = await planDifference(next.drvPath, old.record, {});
  expect(difference.units).toEqual({
    ...{ restart: [], reload: ["a.service"], keep: [], stop: [], added: [] },
  });
});

test("a preview tells of drop-ins and of units that come and go what the build will", async () => {
  const old = await builtSystem("5.0", { hasMore: true });
  expect(Object.keys(old.record.units).toSorted()).toEqual([
    ...["a.service", "alias@.service", "b@.service", "c.service", "d@.service"],
    ...["d@x\\x2dy.service", "masked.service", "more.service"],
  ]);
  const next = await systemWith("5.0", { niceness: 2 });
  const stop = ["masked.service", "more.service"];
  const units = { restart: ["c.service"], reload: [], keep: [], stop, added: [] };
  const stored = decodeRecord(encodeRecord(old.record));
  expect((await planDifference(next.drvPath, stored, {})).difference.units).toEqual(units);
  await next.build();
  const after = await recordOf(next.outPath);
  expect(compareRecords(old.record, after).units).toEqual(units);

  const { drvPath } = await systemWith("5.1", { hasMore: true });
  const { difference: back } = await planDifference(drvPath, after, {});
  const { restart } = back.units ?? {};
  expect([restart, back.units?.added]).toEqual([
    ["a.service", "c.service"],
    ["masked.service", "more.service"],
  ]);
});

/** Names and sizes of the store paths that the record does not have, in order. */
function cameWith(objects: readonly PackageObject[], before: SystemRecord) {
  const known = new Set(before.objects.map(keyOf));
  return objects
    .filter((object) => !known.has(keyOf(object)))
    .map(({ name, narSize }) => `${name}: ${narSize}`)
    .toSorted();
}

test("what takes a reboot is told before the build as after it", async () => {
  const old = await builtSystem("8.0", { kernel: "6.1.100" });
  const differences = async (version: string, different: Partial<typeof usual>) => {
    const next = await systemWith(version, different);
    const stored = decodeRecord(encodeRecord(old.record));
    const { difference } = await planDifference(next.drvPath, stored, {});
    await next.build();
    const exact = compareRecords(old.record, await recordOf(next.outPath));
    expect(difference.takesReboot).toEqual(exact.takesReboot);
    return exact.takesReboot;
  };
  expect(await differences("8.1", { kernel: "6.1.100" })).toEqual([]);
  expect(await differences("8.1", { kernel: "6.1.112" })).toEqual(["linux 6.1.100 → 6.1.112"]);
  expect(await differences("9.0", { kernel: "6.1.100" })).toEqual(["linux rebuilt"]);
  const kernelParams = ["quiet"];
  expect(await differences("8.1", { kernel: "6.1.100", kernelParams })).toEqual([
    "kernel parameters",
  ]);
  expect(await differences("8.1", { kernel: null })).toEqual([]);
});

test("packages that come and go are told before the build as after it", async () => {
  const old = await builtSystem("6.0", { packages: ["kept-1", "gone-1.0", "bumped-1.0"] });
  const next = await systemWith("6.0", { packages: ["kept-1", "come-1.0", "bumped-2.0"] });
  const { difference, closure } = await planDifference(next.drvPath, old.record, {});
  const changes = (packages: readonly PackageChange[] = []) =>
    packages.map(({ name, before, after }) => ({ name, before, after }));
  const [bumped, come, gone] = [
    { name: "bumped", before: ["1.0"], after: ["2.0"] },
    { name: "come", before: [], after: ["1.0"] },
    { name: "gone", before: ["1.0"], after: [] },
  ];
  const gonesLibrary = { name: "library-of-gone", before: ["1.0"], after: [] };
  const bumpedsLibrary = { name: "library-of-bumped", before: ["1.0"], after: ["2.0"] };
  expect(changes(difference.packages)).toEqual([
    ...[bumped, come, gone, bumpedsLibrary, gonesLibrary],
  ]);
  expect(closure?.unsized).toEqual(["come-1.0"]);

  await next.build();
  const { packages } = compareRecords(old.record, await recordOf(next.outPath));
  expect(changes(packages?.changed)).toEqual([
    ...[bumped, come, gone, bumpedsLibrary],
    { name: "library-of-come", before: [], after: ["1.0"] },
    gonesLibrary,
  ]);
});

test("what is built already, though no machine has it, comes with its size and all that it needs", async () => {
  const old = await builtSystem("7.0");
  const next = await systemWith("7.1", { packages: ["kept-1", "come-1.0"] });
  const { stdout: needed } = await execa("nix-store", ["--query", "--requisites", next.drvPath]);
  const parts = needed.split("\n").filter((path) => /-(program-7\.1|system-path)\.drv$/.test(path));
  await execa("nix-store", ["--realise", ...parts]);
  const { difference, closure } = await planDifference(next.drvPath, old.record, {});
  expect(difference.toBuild).toEqual(["unit-a.service", "etc", "system"]);
  expect(closure?.unsized).toEqual([]);
  await next.build();
  const { objects } = await recordOf(next.outPath);
  expect(cameWith(closure?.objects ?? [], old.record)).toEqual(cameWith(objects, old.record));
});

test("a computer that has neither system tells the same by what the state has on record", async () => {
  const old = await builtSystem("3.0");
  const next = await systemWith("3.1");
  const here = await planDifference(next.drvPath, old.record, {});
  const stored = decodeRecord(encodeRecord(old.record));
  expect(stored).toEqual(old.record);

  await old.removeRoot();
  const { stdout: closure } = await execa("nix-store", ["--query", "--requisites", old.outPath]);
  await execa("nix-store", ["--delete", ...closure.split("\n")]);
  const there = await planDifference(next.drvPath, stored, {});
  expect(there).toEqual({ ...here, difference: { ...here.difference, rebuiltHere: 8 } });
  const elsewhere = { drvPathBefore: old.drvPath };
  expect(await planDifference(next.drvPath, stored, { elsewhere })).toEqual(here);
});

test("without a record only what will be built is told", async () => {
  const next = await systemWith("4.0");
  const planned = await planDifference(next.drvPath, undefined, {});
  expect(planned.closure).toBeUndefined();
  expect(planned.difference.toBuild).toEqual(
    expect.arrayContaining(["program-4.0", "unit-a.service", "etc", "system"]),
  );
  expect(planned.difference).toMatchObject({
    ...{ units: undefined, closureBytesBefore: undefined, packages: [] },
  });
});

test.each([undefined, "", "no record", Buffer.from("{}").toString("base64")])(
  "a state with the record %j has none",
  (text) => {
    expect(decodeRecord(text)).toBeUndefined();
  },
);
