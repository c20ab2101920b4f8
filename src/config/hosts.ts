import { z } from "zod";
import { hostName, publicKey } from "./patterns.ts";

const host = z.strictObject({
  name: hostName,
  address: z
    .string()
    .regex(/^[A-Za-z0-9:][A-Za-z0-9.:-]*$/, "must be a host name or an IP address"),
  port: z.int().min(1).max(65535).default(22),
  // Only root can switch a system until activation knows sudo.
  user: z.literal("root", "must be root, the only user that can switch a system").default("root"),
  hostPublicKey: publicKey,
});

export const hosts = z.array(host).refine(haveDistinctNames, "must not have the same name twice");

/** An existing machine as the stack's config names it. */
export type HostConfig = z.infer<typeof host>;

function haveDistinctNames(named: readonly { readonly name: string }[]): boolean {
  return new Set(named.map(({ name }) => name)).size === named.length;
}
