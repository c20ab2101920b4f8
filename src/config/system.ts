import { z } from "zod";
import { isStorePath } from "../nix/store-path.ts";

/** The system that a live stack deploys instead of the one that the flake has now. */
export const system = z
  .string()
  .refine(
    (text) => text === "" || isStorePath(text) || isRevision(text),
    "must be a store path (/nix/store/HASH-NAME) or a Git revision of 40 hexadecimal digits",
  );

function isRevision(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
