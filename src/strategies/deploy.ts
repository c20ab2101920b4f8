import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { SshKey } from "../../providers/ssh-key.ts";
import type { Config } from "../config.ts";
import type { StackOutputs } from "./stack-outputs.ts";

/** Brings the stack's systems to its machines as its strategy does; what it does not need is not loaded. */
export async function deploy(config: Config): Promise<StackOutputs> {
  const key = keyOf(config);
  // What has hooks is registered when the SDK listens for them, which takes it a while.
  pulumi.runtime.getCallbacks();
  // One turn, and the engine is at work on the key while all else is loaded here.
  await setImmediate();
  if (config.diffFile !== "") (await import("../preview/report.ts")).beginReport(config.diffFile);
  if (config.strategy === "image") return (await import("./image.ts")).deployImage(config);
  return (await import("./live.ts")).deployLive(config, key);
}

/** The stack's own key, where it logs in to machines and the user's agent does not. */
function keyOf({ strategy, sshAgent, privateKey }: Config): SshKey | undefined {
  if (strategy === "image" || sshAgent) return undefined;
  return new SshKey("key", { privateKey });
}
