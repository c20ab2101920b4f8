import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

/**
 * Has the engine start a plugin now instead of at the first resource of it, while the program loads what
 * it makes resources of. If it does not start, the first resource says why.
 */
export async function startEarly(plugin: string): Promise<void> {
  // The engine starts a plugin for a function, too. None has this one, so nothing else comes of it.
  pulumi.runtime.invoke(`${plugin}:index:startEarly`, {}).catch(() => {});
  // One turn, and it is on its way: modules are loaded without any.
  await setImmediate();
}
