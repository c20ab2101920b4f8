import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { type Machine, sshTargetOf } from "../machines/machine.ts";
import { type AgentKeys, serveAgent, userAgent } from "../ssh/agent.ts";
import type { SshTarget } from "../ssh/target.ts";

/** How to get into a machine with the keys of an ssh-agent, the program's own or the user's. */
export type KeylessTarget = SshTarget & { readonly privateKey?: never };

/**
 * How what this program begins on this computer gets into the machine. No secret, for without its key
 * there is nothing in it but what the state tells anyway.
 */
export function keylessTarget(machine: Machine): pulumi.Output<KeylessTarget> {
  const target = pulumi.unsecret(sshTargetOf(machine));
  return pulumi
    .all([target, agentSocket(machine)])
    .apply(([{ privateKey, ...known }, socket]) =>
      privateKey === undefined ? known : { ...known, agentSocket: socket },
    );
}

/**
 * Socket of the ssh-agent that lets everything into the machine which this program has begun: it has the
 * stack's key, or passes on to the user's agent. So the key need not be in the state of whatever logs in,
 * which the engine encrypts anew for each machine whenever it writes down a step.
 *
 * The path lies in the project's folder, where the engine starts plugins; that of SSH_AUTH_SOCK is another
 * one on each computer.
 */
export function agentSocket({ privateKey }: Machine): pulumi.Output<string> {
  const stack = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  // The path of a socket has at most 107 bytes, and a stack's name may have 100.
  const name = createHash("sha256").update(stack).digest("hex").slice(0, 16);
  const path = `.nix/agents/${name}`;
  if (pulumi.runtime.isDryRun()) return pulumi.output(path);
  served ??= serveAgent(path, keysOf(privateKey)).catch((error: Error) => {
    throw new pulumi.RunError(error.message);
  });
  return pulumi.output(served.then(() => path));
}

/** One for all machines of the program: all have the same key, or none has. */
let served: Promise<void> | undefined;

function keysOf(privateKey: pulumi.Output<string> | undefined): AgentKeys {
  if (privateKey === undefined) return { passOnTo: userAgent() };
  return {
    privateKey: new Promise((resolve) => {
      privateKey.apply(resolve);
    }),
  };
}
