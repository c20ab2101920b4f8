import { z } from "zod";
import { endpoint } from "./hosts.ts";
import { wholeNumber } from "./plain-words.ts";

const word = (what: string) =>
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, `must be ${what}, as Nix names it`);

const builder = z.strictObject({
  ...endpoint,
  keyFile: z
    .string()
    .regex(/^[^\p{Cc}]*$/u, "must be the path of a file")
    .default(""),
  platforms: z.array(word("a platform")).min(1, "must not be empty").default(["x86_64-linux"]),
  maxJobs: wholeNumber(1).default(1),
  speedFactor: wholeNumber(1).default(1),
  features: z.array(word("a feature")).default([]),
});

/** Where what the stack needs is built. */
export const build = z.strictObject({
  on: z.enum(["deployer", "builders", "machine"]).default("deployer"),
  builders: z
    .array(builder)
    .refine(haveDistinctAddresses, "must not have the same address twice")
    .default([]),
});

function haveDistinctAddresses(builders: readonly { readonly address: string }[]): boolean {
  return new Set(builders.map(({ address }) => address)).size === builders.length;
}
