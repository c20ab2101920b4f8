import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

const folder = join(".nix", "public-keys");

/** The stack's public key as it was the last time, before the engine tells; undefined at the first. */
export function likelyKey(): string | undefined {
  try {
    return readFileSync(file(), "utf8");
  } catch {
    return undefined;
  }
}

/** Keeps the stack's public key for the next time; gives it back. */
export function rememberKey(publicKey: string): string {
  if (publicKey !== likelyKey()) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file(), publicKey);
  }
  return publicKey;
}

function file(): string {
  return join(folder, `${pulumi.getProject()}-${pulumi.getStack()}`);
}
