import { runHostCommand } from "../machines/host-command.ts";
import type { MachineRecord } from "../machines/record.ts";
import type { InstancePaths } from "./paths.ts";

/** Brings the public addresses to the machine, and takes away those that are no longer its own. */
export async function syncPublicAddresses(
  { namespace, interface: link }: InstancePaths,
  { address, hostAddress }: MachineRecord,
  addresses: readonly string[],
): Promise<void> {
  const present = await addressesOn(namespace);
  for (const gone of present.filter((each) => !addresses.includes(each))) {
    await runHostCommand("ip", [
      "-netns",
      namespace,
      "address",
      "delete",
      `${gone}/32`,
      "dev",
      "lo",
    ]);
    await runHostCommand("ip", ["route", "flush", `${gone}/32`]);
  }
  for (const each of addresses) {
    if (!present.includes(each))
      await runHostCommand("ip", [
        "-netns",
        namespace,
        "address",
        "add",
        `${each}/32`,
        "dev",
        "lo",
      ]);
    // It may have been another machine's until now.
    await runHostCommand("ip", [
      ...["route", "replace", `${each}/32`, "via", address],
      ...["dev", link, "src", hostAddress],
    ]);
  }
}

async function addressesOn(namespace: string): Promise<string[]> {
  const json = await runHostCommand("ip", [
    "-netns",
    namespace,
    "-json",
    "-4",
    "address",
    "show",
    "lo",
  ]);
  const [{ addr_info = [] } = {}] = JSON.parse(json) as { addr_info?: { local: string }[] }[];
  return addr_info.map(({ local }) => local).filter((each) => /^198\.19\./.test(each));
}
