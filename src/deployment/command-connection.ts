import { createHash } from "node:crypto";
import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Machine } from "../machines/machine.ts";
import { serveAgent, userAgent } from "../ssh/agent.ts";

type ConnectionArgs = command.types.input.remote.ConnectionArgs;

/** How the plugin of @pulumi/command gets into the machine: by its pinned host key only, a secret. */
export function commandConnection(machine: Machine): pulumi.Input<ConnectionArgs> {
  const { privateKey, proxyJump } = machine;
  const keys = {
    ...(privateKey && { privateKey }),
    agentSocketPath: agentSocket({ ofTheUser: privateKey === undefined }),
  };
  return {
    host: machine.address,
    port: machine.port,
    user: machine.user,
    hostKey: machine.hostPublicKey,
    ...keys,
    ...(proxyJump && {
      proxy: {
        host: proxyJump.address,
        port: proxyJump.port,
        user: proxyJump.user,
        hostKey: proxyJump.hostPublicKey,
        ...keys,
      },
    }),
  };
}

/**
 * The ssh-agent that the plugin asks. It asks one even where it has a key, by default that of
 * SSH_AUTH_SOCK, which may be dead and is another path on each computer. So the program serves one of
 * its own, at a path in the project's folder, where the engine starts plugins.
 */
function agentSocket({ ofTheUser }: { readonly ofTheUser: boolean }): pulumi.Output<string> {
  const stack = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  // The path of a socket has at most 107 bytes, and a stack's name may have 100.
  const name = createHash("sha256").update(stack).digest("hex").slice(0, 16);
  const path = `.nix/agents/${name}`;
  if (pulumi.runtime.isDryRun()) return pulumi.output(path);
  served ??= serveAgent(path, ofTheUser ? userAgent() : undefined).catch((error: Error) => {
    throw new pulumi.RunError(error.message);
  });
  return pulumi.output(served.then(() => path));
}

/** One for all machines of the program: all have a key, or none has. */
let served: Promise<void> | undefined;
