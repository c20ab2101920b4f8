import "../src/compile-cache.js";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import type * as dynamic from "@pulumi/pulumi/dynamic/index.js";
import type { Builder } from "../src/building/machine-lines.ts";
import type { BuildingMachine } from "../src/building/on-machine.ts";
import type { NixSettings } from "../src/nix/cli.ts";
import type { ImageForm, ImageInfo } from "../src/nix/image-info.ts";

export interface Inputs extends NixSettings {
  readonly installable: string;
  readonly drvPath: string;
  readonly outPath: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly imageSystem?: string | undefined;
  readonly imageForm?: ImageForm | undefined;
  readonly gcRoot: string;
  /** Only these may build; of none at all, those of this computer's nix.conf. */
  readonly builders?: readonly Builder[] | undefined;
  /** Builds in its own store, and nothing is built here. */
  readonly machine?: BuildingMachine | undefined;
}

export interface Outputs extends Inputs {
  readonly closureSizeBytes: number;
  /** What a preview on another computer needs to tell the next system from this one. */
  readonly record?: string | undefined;
  readonly image?: ImageInfo | undefined;
}

/** Made in this run of the engine, which has a process of its own: what it deletes is older. */
const createdRoots = new Set<string>();

/**
 * The derivation is all that counts: the same one means no change, whatever else was edited. Where the
 * outputs are not in this computer's store, another computer built them: they are built here, too, unless
 * it is a machine that builds. What it has built and lost again, its copy has it build.
 */
export async function diff(_id: string, olds: Outputs, news: Inputs): Promise<dynamic.DiffResult> {
  const isHere = news.machine || Object.values(olds.outputs).every((path) => existsSync(path));
  return { changes: olds.drvPath !== news.drvPath || olds.gcRoot !== news.gcRoot || !isHere };
}

export async function create(inputs: Inputs): Promise<Required<dynamic.CreateResult<Outputs>>> {
  const outs = await realise(inputs);
  if (!inputs.machine) for (const root of rootsOf(inputs)) createdRoots.add(root);
  return { id: inputs.gcRoot, outs };
}

export async function update(
  _id: string,
  olds: Outputs,
  news: Inputs,
): Promise<dynamic.UpdateResult<Outputs>> {
  const outs = await realise(news);
  if (olds.gcRoot !== news.gcRoot || news.machine) await removeRoots(rootsOf(olds));
  return { outs };
}

/** An empty id says that the build is gone from the store, so that the next `up` makes it again. */
export async function read(id: string, props: Outputs): Promise<dynamic.ReadResult<Outputs>> {
  if (props.machine) return { id, props };
  const { isInStore } = await import("../src/nix/store.ts");
  const isThere = await Promise.all(Object.values(props.outputs).map(isInStore));
  return isThere.every(Boolean) ? { id, props } : { id: "" };
}

/**
 * Only the garbage collection roots go: what was built stays until Nix collects it. A build that was
 * replaced is deleted after its replacement was made, under the same roots.
 */
async function remove(_id: string, props: Outputs): Promise<void> {
  await removeRoots(rootsOf(props).filter((root) => !createdRoots.has(root)));
}

export { remove as delete };

/** What builds is loaded by what builds: most runs only compare. */
async function realise(inputs: Inputs): Promise<Outputs> {
  return (await import("./nix-build.realise.ts")).realise(inputs);
}

async function removeRoots(roots: readonly string[]): Promise<void> {
  await Promise.all(roots.map((root) => rm(root, { force: true })));
}

/** Nix names the link of output `out` as told, and that of another output with its name behind it. */
function rootsOf({ gcRoot, outputs }: Inputs): string[] {
  const links = Object.keys(outputs).map((name) => (name === "out" ? gcRoot : `${gcRoot}-${name}`));
  return links.map((link) => resolve(link));
}
