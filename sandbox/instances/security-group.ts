import { runHostCommand } from "../machines/host-command.ts";
import type { InstanceDescription, Rule } from "./description.ts";
import type { InstancePaths } from "./paths.ts";

/**
 * Lets through what the instance's security groups allow: at once, for connections to come. What is
 * not allowed is dropped, as on EC2, where a closed port does not answer.
 */
export async function applySecurityGroups(
  { namespace }: InstancePaths,
  { ingress, egress }: Pick<InstanceDescription, "ingress" | "egress">,
): Promise<void> {
  await runHostCommand("nsenter", [`--net=/run/netns/${namespace}`, "--", "nft", "-f", "-"], {
    input: [
      "table inet security-group",
      "delete table inet security-group",
      "table inet security-group {",
      ...chain("ingress", "prerouting", "iifname", "saddr", ingress),
      ...chain("egress", "postrouting", "oifname", "daddr", egress),
      "}",
      "",
    ].join("\n"),
  });
}

function chain(
  name: string,
  hook: string,
  interfaceMatch: string,
  addressMatch: string,
  rules: readonly Rule[],
): string[] {
  return [
    `chain ${name} {`,
    `type filter hook ${hook} priority mangle; policy accept;`,
    `${interfaceMatch} != "eth0" accept`,
    "ct state { established, related } accept",
    // Neighbour discovery is the network's own; security groups do not see it.
    "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept",
    ...rules.map((rule) => `${match(rule, addressMatch)} accept`),
    "drop",
    "}",
  ];
}

function match({ protocol, fromPort, toPort, cidr }: Rule, addressMatch: string): string {
  const family = cidr.includes(":") ? "ip6" : "ip";
  const network = /\/0$/.test(cidr)
    ? `meta nfproto ${family === "ip6" ? "ipv6" : "ipv4"}`
    : `${family} ${addressMatch} ${cidr}`;
  if (protocol === "-1") return network;
  if (protocol !== "tcp" && protocol !== "udp") return `${network} meta l4proto ${protocol}`;
  const hasPorts = fromPort !== null && toPort !== null && fromPort >= 0;
  return hasPorts
    ? `${network} ${protocol} dport ${fromPort}-${toPort}`
    : `${network} meta l4proto ${protocol}`;
}
