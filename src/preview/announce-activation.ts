import * as pulumi from "@pulumi/pulumi";
import type { ActivationSettings } from "./tell-activation.ts";

/**
 * Shows what changes on machines that do not run what was built last, since its activation failed or the
 * stack was given another system: against what they run, and once for those that run the same. One
 * binding is for all activations. Nothing is loaded where no activation changes.
 */
export function announceActivation(settings: ActivationSettings): pulumi.ResourceHookBinding {
  const foretell = new pulumi.ResourceHook(
    "activation-difference",
    async (args) => {
      const { foretellActivation } = await import("./tell-activation.ts");
      await foretellActivation(args, settings);
    },
    { onDryRun: true, ignoreErrors: true },
  );
  return { beforeUpdate: [foretell] };
}
