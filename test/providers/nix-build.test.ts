import { existsSync } from "node:fs";
import { mkdir, readlink, writeFile } from "node:fs/promises";
import { execa } from "execa";
import { expect, onTestFinished, test, vi } from "vitest";
import * as provider from "../../providers/nix-build.impl.ts";
import { decodeRecord } from "../../src/nix/difference/record.ts";
import { evaluate } from "../../src/nix/evaluate.ts";
import { makeCheckout, shellDerivation } from "../helpers/flake-checkout.ts";
import { watchPrograms } from "../helpers/watched-programs.ts";

async function inputsOf(derivation: string) {
  const checkout = await makeCheckout({
    "flake.nix": `{ outputs = _: { packages.x86_64-linux.it = ${derivation}; }; }`,
  });
  onTestFinished(() => checkout[Symbol.asyncDispose]());
  const evaluation = await evaluate({ flake: checkout.folder, attribute: "it" });
  const gcRoot = `${checkout.folder}/gcroots/it`;
  return { ...evaluation, gcRoot, installable: "FLAKE#it" };
}

/** A name of its own for each run, so that nothing is found built. */
const fresh = (name: string) => `${name}-${process.pid}-${Date.now()}`;

const nameOf = (path: string) => path.slice(44);

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: Error) => error.message,
  );
}

test("create builds every output, roots each, and tells the closure's size", async () => {
  const script = "echo 12345678 > $out; echo dev > $dev";
  const inputs = await inputsOf(shellDerivation(fresh("both"), script, ["out", "dev"]));
  expect(existsSync(inputs.outPath)).toBe(false);
  const { id, outs } = await provider.create(inputs);
  expect(id).toBe(inputs.gcRoot);
  // The NAR of a file of 9 bytes.
  expect(outs).toEqual({ ...inputs, closureSizeBytes: 128, record: outs.record });
  const objects = [
    { hash: inputs.outPath.slice(11, 21), name: nameOf(inputs.outPath), narSize: 128 },
  ];
  expect(decodeRecord(outs.record)).toEqual({ objects, units: {}, boot: {} });
  expect(await readlink(inputs.gcRoot)).toBe(inputs.outputs.out);
  expect(await readlink(`${inputs.gcRoot}-dev`)).toBe(inputs.outputs.dev);
});

test("a garbage collection leaves what is rooted, and delete takes the roots away", async () => {
  const inputs = await inputsOf(shellDerivation(fresh("kept"), "echo > $out"));
  const { id, outs } = await provider.create(inputs);
  await expect(execa("nix-store", ["--delete", inputs.outPath])).rejects.toThrow("still alive");
  vi.resetModules();
  await (await import("../../providers/nix-build.impl.ts")).delete(id, outs);
  expect(existsSync(inputs.gcRoot)).toBe(false);
  await execa("nix-store", ["--delete", inputs.outPath]);
  expect(await provider.read(id, outs)).toEqual({ id: "" });
});

test("delete of a build that was replaced leaves the root of the one that replaced it", async () => {
  const inputs = await inputsOf(shellDerivation(fresh("replaced"), "echo > $out"));
  const { id, outs } = await provider.create(inputs);

  // Each run of the engine has a process of its own.
  vi.resetModules();
  const later = await import("../../providers/nix-build.impl.ts");
  await later.create(inputs);
  await later.delete(id, outs);
  expect(await readlink(inputs.gcRoot)).toBe(inputs.outPath);
});

test("read finds a build that is whole as it was", async () => {
  const inputs = await inputsOf(shellDerivation(fresh("whole"), "echo > $out"));
  const { id, outs } = await provider.create(inputs);
  expect(await provider.read(id, outs)).toEqual({ id, props: outs });
});

test("delete of a build that is gone succeeds", async () => {
  const inputs = await inputsOf(shellDerivation(fresh("gone"), "echo > $out"));
  await provider.delete(inputs.gcRoot, { ...inputs, closureSizeBytes: 0 });
});

test("the same derivation is no change, another one is", async () => {
  const inputs = await inputsOf(shellDerivation("a", "echo > $out"));
  const { outs: olds } = await provider.create(inputs);
  const other = { ...inputs, drvPath: `${inputs.drvPath}x` };
  expect(await provider.diff("", olds, { ...inputs, installable: "other" })).toEqual({
    changes: false,
  });
  expect(await provider.diff("", olds, other)).toEqual({ changes: true });
});

test("what another computer built is built here, too", async () => {
  const inputs = await inputsOf(shellDerivation(fresh("elsewhere"), "echo > $out"));
  const olds = { ...inputs, closureSizeBytes: 1 };
  expect(await provider.diff("", olds, inputs)).toEqual({ changes: true });
  const { outs = olds } = await provider.update("", olds, inputs);
  expect(await provider.diff("", outs, inputs)).toEqual({ changes: false });
});

test("a failed build names the derivation, its last 20 lines, and the command for the rest", async () => {
  const script = "i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo line $i; done; exit 3";
  const name = fresh("bad");
  const inputs = await inputsOf(shellDerivation(name, script));
  const lines = Array.from({ length: 20 }, (_, at) => `  line ${at + 11}`);
  expect((await failure(provider.create(inputs))).split("\n")).toEqual([
    `Building FLAKE#it failed: ${inputs.drvPath}`,
    ...lines,
    expect.stringMatching("^error: .*failed with exit code 3"),
    `The whole log: nix log ${inputs.drvPath}`,
    "Mend it, then run `pulumi up` again: it builds what is missing.",
  ]);
  expect(existsSync(inputs.gcRoot)).toBe(false);
});

test("an image is described from its image-info.json", async () => {
  const info =
    '{"label":"x","boot_mode":"legacy-bios","system":"x86_64-linux","logical_bytes":"4096","file":"OUT/nixos.vhd"}';
  const script = `PATH=/bin; mkdir -p $out/nix-support; echo '${info}' | sed "s,OUT,$out," > $out/nix-support/image-info.json; echo x > $out/nixos.vhd`;
  const inputs = await inputsOf(shellDerivation(fresh("image"), script));
  const { outs } = await provider.create(inputs);
  expect(outs.image).toEqual({
    file: `${inputs.outPath}/nixos.vhd`,
    format: "VHD",
    bootMode: "legacy-bios",
    sizeBytes: 4096,
    fileBytes: 2,
  });
});

test("an image in a format that EC2 cannot import is refused", async () => {
  const info = '{"boot_mode":"uefi","logical_bytes":1,"file":"/x/nixos.qcow2"}';
  const script = `PATH=/bin; mkdir -p $out/nix-support; echo '${info}' > $out/nix-support/image-info.json`;
  const inputs = await inputsOf(shellDerivation(fresh("qcow2"), script));
  expect(await failure(provider.create(inputs))).toBe(
    "The image /x/nixos.qcow2 is in a format that EC2 cannot import. Set the image's format to raw or " +
      "vpc (one of .vhd, .vpc, .raw, .img, .vmdk).",
  );
});

test("update builds the new derivation under the old root", async () => {
  const before = await inputsOf(shellDerivation(fresh("before"), "echo > $out"));
  const after = await inputsOf(shellDerivation(fresh("after"), "echo > $out"));
  const { id, outs } = await provider.create(before);
  await mkdir(`${before.gcRoot}-unrelated`);
  await writeFile(`${before.gcRoot}-unrelated/file`, "");
  await provider.update(id, outs, { ...after, gcRoot: before.gcRoot });
  expect(await readlink(before.gcRoot)).toBe(after.outPath);
});

// Nix looks only every five seconds for a lock that another one of it has.
test("two builds at once that need the same derivation take turns", async () => {
  const shared = shellDerivation(fresh("shared"), "/bin/sleep 0.2; echo > $out");
  const using = (name: string) =>
    inputsOf(shellDerivation(fresh(name), `: \${${shared}}; echo > $out`));
  const [one, other] = await Promise.all([using("one"), using("other")]);
  await using programs = await watchPrograms(["nix"], { withEnds: true });
  vi.stubEnv("PATH", programs.path);
  onTestFinished(() => void vi.unstubAllEnvs());
  await Promise.all([provider.create(one), provider.create(other)]);
  const builds = (await programs.read()).filter((line) => line.includes("nix build "));
  const [build, end] = [/^nix build /, /^end of nix build /].map((line) =>
    expect.stringMatching(line),
  );
  expect(builds).toEqual([build, end, build, end]);
});
