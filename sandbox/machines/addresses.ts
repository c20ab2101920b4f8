import { createHash } from "node:crypto";
import { BlockList } from "node:net";

/** Where a machine's SSH server listens. */
export const sshPort = 22;

/** Both ends of the wire between this computer and a machine. */
export interface Addresses {
  readonly address: string;
  readonly address6: string;
  /** This computer's end, which is the caller that the machine sees. */
  readonly hostAddress: string;
  readonly hostAddress6: string;
}

export interface Network {
  readonly address: string;
  readonly prefixLength: number;
}

export const prefixLength = 30;
export const prefixLength6 = 126;

/**
 * Private networks that few use, then the one for benchmarks (RFC 2544). Each is cut into one /30
 * per machine, and the same number makes the machine's /126 of one unique local prefix (RFC 4193).
 */
const pools = [
  [10, 213],
  [172, 30],
  [198, 18],
] as const;
const wiresPerPool = 2 ** (prefixLength - 16);
const prefix6 = "fd5b:9e1c:7d0a";

/**
 * Addresses for a machine that are in none of the networks taken. The same id gets the same ones
 * while they are free, and other ids likely others, even of machines that are not to be seen now.
 *
 * @throws {Error} when every network is taken.
 */
export function chooseAddresses(id: string, taken: readonly Network[]): Addresses {
  const blocked = blockListOf(taken);
  const start = createHash("sha256").update(id).digest().readUInt16BE() % wiresPerPool;
  for (const pool of pools.keys()) {
    for (let step = 0; step < wiresPerPool; step++) {
      const addresses = addressesOf(pool, (start + step) % wiresPerPool);
      if (isFree(addresses, blocked)) return addresses;
    }
  }
  throw new Error(
    "There are no free addresses for a sandbox machine: this computer has addresses or routes in " +
      `all of ${pools.map((pool) => `${pool.join(".")}.0.0/16`).join(", ")} or ${prefix6}::/48 ` +
      "(`ip addr` and `ip route` show them).",
  );
}

/** Whether this computer has no other address or route in the machine's networks. */
export function areFree(addresses: Addresses, taken: readonly Network[]): boolean {
  return isFree(addresses, blockListOf(taken));
}

function addressesOf(pool: number, wire: number): Addresses {
  const [first, second] = pools[pool] as readonly [number, number];
  const base = wire * 4;
  const ipv4 = (host: number) => `${first}.${second}.${base >> 8}.${(base & 0xff) + host}`;
  const ipv6 = (host: number) => `${prefix6}:${(pool * wiresPerPool + wire).toString(16)}::${host}`;
  return { hostAddress: ipv4(1), address: ipv4(2), hostAddress6: ipv6(1), address6: ipv6(2) };
}

/** A route to a large part of all addresses (a VPN's, mostly) is a default route under another name. */
function blockListOf(taken: readonly Network[]): BlockList {
  const blocked = new BlockList();
  for (const { address, prefixLength } of taken) {
    if (prefixLength < 8) continue;
    blocked.addSubnet(address, prefixLength, address.includes(":") ? "ipv6" : "ipv4");
  }
  return blocked;
}

/** Networks overlap only if one holds the other, so the addresses of the smallest tell. */
function isFree(addresses: Addresses, blocked: BlockList): boolean {
  return !(
    blocked.check(addresses.address, "ipv4") ||
    blocked.check(addresses.hostAddress, "ipv4") ||
    blocked.check(addresses.address6, "ipv6") ||
    blocked.check(addresses.hostAddress6, "ipv6")
  );
}
