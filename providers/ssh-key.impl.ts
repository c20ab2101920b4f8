import "../src/compile-cache.js";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as dynamic from "@pulumi/pulumi/dynamic/index.js";
import { fingerprint } from "../src/ssh/fingerprint.ts";
import type { KeyPair } from "../src/ssh/key-pair.ts";

interface Inputs {
  readonly givenPrivateKey?: string | undefined;
  /** That of the given key, so that a preview knows it. */
  readonly publicKey?: string | undefined;
}

interface Outputs extends Omit<Inputs, "publicKey">, KeyPair {}

export async function diff(_id: string, olds: Outputs, news: Inputs): Promise<dynamic.DiffResult> {
  const changes = olds.givenPrivateKey !== news.givenPrivateKey;
  return { changes, replaces: changes ? ["givenPrivateKey"] : [] };
}

export async function create(inputs: Inputs): Promise<Required<dynamic.CreateResult<Outputs>>> {
  const { givenPrivateKey } = inputs;
  const pair = await (givenPrivateKey === undefined
    ? inTemporaryFolder(generate)
    : derive(givenPrivateKey));
  return { id: fingerprint(pair.publicKey), outs: { ...inputs, ...pair } };
}

export async function update(_id: string, olds: Outputs): Promise<dynamic.UpdateResult<Outputs>> {
  return { outs: olds };
}

/** A key exists in the stack's state only, so nothing is left to delete. */
async function remove(): Promise<void> {}

export { remove as delete };

async function generate(folder: string): Promise<KeyPair> {
  const file = join(folder, "key");
  await sshKeygen(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
  const [privateKey, publicKey] = await Promise.all([
    readFile(file, "utf8"),
    readFile(`${file}.pub`, "utf8"),
  ]);
  return { privateKey, publicKey: withoutComment(publicKey) };
}

/** The library is loaded for who gives a key only. */
async function derive(given: string): Promise<KeyPair> {
  const { keyPairOf } = await import("../src/ssh/key-pair.ts");
  return keyPairOf(given);
}

async function sshKeygen(args: readonly string[]): Promise<string> {
  const { ExecaError, execa } = await import("execa");
  try {
    return (await execa("ssh-keygen", args, { stdin: "ignore" })).stdout;
  } catch (error) {
    if (error instanceof ExecaError && error.code === "ENOENT") {
      throw new Error("There is no ssh-keygen on PATH. Install OpenSSH's client (openssh-client).");
    }
    throw error;
  }
}

/** A folder that only this user can read, gone when the work is done. */
async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "ssh-key-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function withoutComment(publicKey: string): string {
  return publicKey.trim().split(" ").slice(0, 2).join(" ");
}
