import { z } from "zod";
import { hostName, publicKey } from "./patterns.ts";
import { wholeNumber } from "./plain-words.ts";

/** What is known of a server of SSH. */
export const endpoint = {
  address: z
    .string()
    .regex(/^[A-Za-z0-9:][A-Za-z0-9.:-]*$/, "must be a host name or an IP address"),
  port: wholeNumber(1, 65535).default(22),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, "must be a name that a user of the machine can have")
    .default("root"),
  hostPublicKey: publicKey,
};

const host = z.strictObject({
  name: hostName,
  ...endpoint,
  proxyJump: z.strictObject(endpoint).optional(),
});

export const hosts = z.array(host).refine(haveDistinctNames, "must not have the same name twice");

/** An existing machine as the stack's config names it. */
export type HostConfig = z.infer<typeof host>;

function haveDistinctNames(named: readonly { readonly name: string }[]): boolean {
  return new Set(named.map(({ name }) => name)).size === named.length;
}
