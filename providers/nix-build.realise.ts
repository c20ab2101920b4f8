import { resolve } from "node:path";
import type { BuildingMachine } from "../src/building/on-machine.ts";
import { build } from "../src/nix/build.ts";
import { closureOf, type StoreObject, sizeOf } from "../src/nix/closure.ts";
import { closureBytesOf, encodeRecord, recordOf } from "../src/nix/difference/record.ts";
import { readImageInfo } from "../src/nix/image-info.ts";
import type { Inputs, Outputs } from "./nix-build.impl.ts";
import { showStatus } from "./status.ts";

/** Builds what was evaluated, where the stack builds, and tells what it became. */
export async function realise(inputs: Inputs): Promise<Outputs> {
  const { builders, machine } = inputs;
  if (machine) return realiseOnMachine(inputs, machine);
  const request = { ...inputs, gcRoot: resolve(inputs.gcRoot), onLine: showStatus };
  if (builders) {
    // Loaded here, as what machines need, for most stacks build on this computer.
    const { buildOnBuilders } = await import("../src/building/on-builders.ts");
    await buildOnBuilders({ ...request, builders });
  } else {
    await build(request);
  }
  const closure = await closureOf(inputs.outPath);
  const [record, image] = await Promise.all([
    recordSystem(inputs, closure),
    readImageInfo(inputs.outPath),
  ]);
  return { ...inputs, closureSizeBytes: sizeOf(closure), record, ...(image && { image }) };
}

async function realiseOnMachine(inputs: Inputs, machine: BuildingMachine): Promise<Outputs> {
  const { buildOnMachine } = await import("../src/building/on-machine.ts");
  const { recordOnMachine } = await import("../src/building/record-on-machine.ts");
  await buildOnMachine({ ...inputs, machine, onLine: showStatus });
  const record = await recordOnMachine(inputs.outPath, machine);
  return { ...inputs, closureSizeBytes: closureBytesOf(record), record: encodeRecord(record) };
}

/** An image that was fetched came without the system in it. */
async function recordSystem(
  { outPath, imageSystem = outPath }: Inputs,
  closure: readonly StoreObject[],
): Promise<string | undefined> {
  if (imageSystem === outPath) return encodeRecord(await recordOf(outPath, closure));
  return recordOf(imageSystem).then(encodeRecord, () => undefined);
}
