import * as pulumi from "@pulumi/pulumi";
import { SandboxMachine } from "../../providers/sandbox-machine.ts";
import { SshKey } from "../../providers/ssh-key.ts";
import { machineName, stackWideName } from "../names.ts";
import type { Machine } from "./machine.ts";

export interface SandboxMachinesArgs {
  /** How many. */
  count: number;
  /** Store path of the system that a new machine boots. */
  system: pulumi.Input<string>;
  /** SSH private key that the system lets in as root. */
  privateKey: pulumi.Output<string>;
}

/** Machines booted on this computer, each with a host key that the stack made. */
export function sandboxMachines({ count, system, privateKey }: SandboxMachinesArgs): Machine[] {
  return Array.from({ length: count }, (_, index) => {
    const name = machineName(index + 1);
    const hostKey = new SshKey(`${name}-host-key`);
    const machine = new SandboxMachine(name, {
      machineName: stackWideName(index + 1),
      system,
      hostPrivateKey: hostKey.privateKey,
      hostPublicKey: hostKey.publicKey,
    });
    return {
      name,
      id: machine.id,
      address: machine.address,
      port: machine.port,
      user: pulumi.output("root"),
      hostPublicKey: hostKey.publicKey,
      privateKey,
      outlivesStack: false,
      resource: machine,
    };
  });
}
