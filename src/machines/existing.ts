import * as pulumi from "@pulumi/pulumi";
import type { HostConfig } from "../config/hosts.ts";
import type { Machine } from "./machine.ts";

/**
 * Machines that are there already; the stack neither makes nor deletes them.
 *
 * @param privateKey that lets in; without one, the keys of the user's ssh-agent do.
 */
export function existingMachines(
  hosts: readonly HostConfig[],
  privateKey: pulumi.Output<string> | undefined,
): Machine[] {
  return hosts.map((host) => ({
    name: host.name,
    id: pulumi.output(`${host.address}:${host.port}`),
    address: pulumi.output(host.address),
    port: pulumi.output(host.port),
    user: pulumi.output(host.user),
    hostPublicKey: pulumi.output(host.hostPublicKey),
    privateKey,
    proxyJump: host.proxyJump,
    outlivesStack: true,
  }));
}
