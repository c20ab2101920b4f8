import { existsSync } from "node:fs";
import { isIP } from "node:net";
import { type Addresses, type Network, prefixLength, prefixLength6 } from "./addresses.ts";
import { runHostCommand } from "./host-command.ts";
import { withFolderLock } from "./lock.ts";
import type { MachinePaths } from "./paths.ts";

/**
 * Whoever looks for free addresses holds the lock of this folder until it has put them on an
 * interface. It is the same for all clones, it is on every Linux, and nothing is left in it.
 */
const interfacesFolder = "/sys/class/net";

/**
 * Makes the machine's network namespace, with one wire to this computer.
 *
 * @param choose gets the networks of this computer's addresses and routes, and gives the addresses
 *   of both ends; nobody else chooses until they are in use.
 */
export async function connectNetwork<A extends Addresses>(
  paths: MachinePaths,
  choose: (inUse: readonly Network[]) => Promise<A>,
): Promise<A> {
  await disconnectNetwork(paths);
  return withFolderLock(interfacesFolder, async () => {
    const addresses = await choose(await networksInUse());
    await runHostCommand("ip", ["netns", "add", paths.namespace]);
    await connectHost(paths, addresses);
    await connectMachine(paths, addresses);
    return addresses;
  });
}

/** Whether the machine's namespace and its wire are there. */
export function isNetworkConnected({ namespace, interface: link }: MachinePaths): boolean {
  return existsSync(`/run/netns/${namespace}`) && existsSync(`${interfacesFolder}/${link}`);
}

/** Takes away what is there of the machine's network. */
export async function disconnectNetwork({
  namespace,
  interface: link,
}: MachinePaths): Promise<void> {
  // The kernel takes the wire away with the namespace too, but some time after.
  if (existsSync(`${interfacesFolder}/${link}`)) {
    await runHostCommand("ip", ["link", "delete", link]);
  }
  if (existsSync(`/run/netns/${namespace}`)) {
    await runHostCommand("ip", ["netns", "delete", namespace]);
  }
}

async function connectHost(paths: MachinePaths, addresses: Addresses): Promise<void> {
  const link = paths.interface;
  await ipBatch(
    [],
    [
      `link add ${link} type veth peer name eth0 netns ${paths.namespace}`,
      `address add ${addresses.hostAddress}/${prefixLength} dev ${link}`,
      // No duplicate detection: it would keep the address from being used for a second.
      `address add ${addresses.hostAddress6}/${prefixLength6} dev ${link} nodad`,
      `link set ${link} up`,
    ],
  );
}

async function connectMachine(paths: MachinePaths, addresses: Addresses): Promise<void> {
  await ipBatch(
    ["-netns", paths.namespace],
    [
      "link set lo up",
      `address add ${addresses.address}/${prefixLength} dev eth0`,
      `address add ${addresses.address6}/${prefixLength6} dev eth0 nodad`,
      "link set eth0 up",
      `route add default via ${addresses.hostAddress}`,
      `route add ::/0 via ${addresses.hostAddress6}`,
    ],
  );
}

async function ipBatch(options: readonly string[], lines: readonly string[]): Promise<void> {
  await runHostCommand("ip", [...options, "-batch", "-"], { input: `${lines.join("\n")}\n` });
}

interface Interface {
  readonly addr_info: readonly { readonly local?: string; readonly prefixlen: number }[];
}

async function networksInUse(): Promise<Network[]> {
  const [interfaces, routes, routes6] = await Promise.all([
    runHostCommand("ip", ["-json", "address", "show"]),
    runHostCommand("ip", ["-json", "-4", "route", "show", "table", "all"]),
    runHostCommand("ip", ["-json", "-6", "route", "show", "table", "all"]),
  ]);
  const addresses = (JSON.parse(interfaces) as Interface[])
    .flatMap((found) => found.addr_info)
    .flatMap(({ local, prefixlen }) =>
      local ? [{ address: local, prefixLength: prefixlen }] : [],
    );
  const destinations = [routes, routes6]
    .flatMap((json) => JSON.parse(json) as { readonly dst: string }[])
    .flatMap(({ dst }) => parseDestination(dst));
  return [...addresses, ...destinations];
}

/** `ip` prints a network, an address for a network of one, or `default`. */
function parseDestination(destination: string): Network[] {
  const [address = "", length] = destination.split("/");
  const version = isIP(address);
  if (version === 0) return [];
  return [{ address, prefixLength: Number(length ?? (version === 4 ? 32 : 128)) }];
}
