import * as pulumi from "@pulumi/pulumi";
import type { HostConfig } from "../config/hosts.ts";
import type { Machine } from "./machine.ts";

/** Machines that are there already; the stack neither makes nor deletes them. */
export function existingMachines(
  hosts: readonly HostConfig[],
  privateKey: pulumi.Output<string>,
): Machine[] {
  return hosts.map((host) => ({
    name: host.name,
    id: pulumi.output(`${host.address}:${host.port}`),
    address: pulumi.output(host.address),
    port: pulumi.output(host.port),
    user: pulumi.output(host.user),
    hostPublicKey: pulumi.output(host.hostPublicKey),
    privateKey,
  }));
}
