import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { Machine } from "../machines/machine.ts";
import { agentSocket } from "./program-agent.ts";

type ConnectionArgs = command.types.input.remote.ConnectionArgs;

/** How the plugin of @pulumi/command gets into the machine: by its pinned host key only, a secret. */
export function commandConnection(machine: Machine): pulumi.Input<ConnectionArgs> {
  const { proxyJump } = machine;
  const agentSocketPath = agentSocket(machine);
  return {
    host: machine.address,
    port: machine.port,
    user: machine.user,
    hostKey: machine.hostPublicKey,
    agentSocketPath,
    ...(proxyJump && {
      proxy: {
        host: proxyJump.address,
        port: proxyJump.port,
        user: proxyJump.user,
        hostKey: proxyJump.hostPublicKey,
        agentSocketPath,
      },
    }),
  };
}
