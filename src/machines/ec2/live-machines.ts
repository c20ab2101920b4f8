import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { SshKey } from "../../../providers/ssh-key.ts";
import { tagsOf } from "../../aws/tags.ts";
import { machineName } from "../../names.ts";
import type { Machine } from "../machine.ts";
import { Ec2Machine, type Ec2MachineArgs } from "./ec2-machine.ts";
import { hostKeyUserData } from "./user-data.ts";

export interface LiveEc2MachinesArgs
  extends Omit<Ec2MachineArgs, "keyName" | "userData" | "ignoreImage"> {
  /** How many. */
  count: number;
  /** SSH key pair that root lets in. */
  key: SshKey;
  /** Let a new image replace the machines. */
  replaceMachines: boolean;
}

/** EC2 instances that take deployments, each with an SSH host key that the stack made. */
export function liveEc2Machines(args: LiveEc2MachinesArgs): Machine[] {
  const { count, key, replaceMachines, ...machineArgs } = args;
  const keyPair = new aws.ec2.KeyPair("key-pair", {
    publicKey: key.publicKey,
    tags: tagsOf("key-pair"),
  });
  return Array.from({ length: count }, (_, index) => {
    const name = machineName(index + 1);
    const hostKey = new SshKey(`${name}-host-key`);
    const machine = new Ec2Machine(name, {
      ...machineArgs,
      keyName: keyPair.keyName,
      userData: pulumi
        .all([hostKey.privateKey, hostKey.publicKey])
        .apply(([privateKey, publicKey]) => hostKeyUserData(privateKey, publicKey)),
      ignoreImage: !replaceMachines,
    });
    tellOfKeptImage(name, machine, args.system);
    return {
      name,
      id: machine.instanceId,
      address: machine.address,
      port: pulumi.output(22),
      user: pulumi.output("root"),
      hostPublicKey: hostKey.publicKey,
      privateKey: key.privateKey,
      outlivesStack: false,
      resource: machine.instance,
    };
  });
}

/** In the preview and in the log, since the engine shows nothing for a change that is ignored. */
function tellOfKeptImage(name: string, machine: Ec2Machine, system: pulumi.Input<string>): void {
  pulumi.all([machine.imageSystem, system]).apply(async ([kept, current]) => {
    if (kept === "" || kept === current) return;
    await pulumi.log.info(
      `${name} keeps running: a new base image does not replace a live machine. ` +
        "To replace it: pulumi config set --path iplz:replaceMachines true",
      machine,
    );
  });
}
