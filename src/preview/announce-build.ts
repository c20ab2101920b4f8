import * as pulumi from "@pulumi/pulumi";
import type { AnnounceSettings, Build } from "./tell-build.ts";

/**
 * Shows how a build's system differs from what ran: at preview what is known without building it, and
 * after the build exactly. Nothing runs, and nothing is loaded, for a build that does not change.
 *
 * @param evaluateInAdvance evaluates the same with stand-ins for values that only an update makes, so
 *   that a stack's first preview tells what will be built, and fails where the evaluation would.
 */
export function announceBuild(
  name: string,
  settings: AnnounceSettings,
  evaluateInAdvance: () => Promise<Build>,
): pulumi.ResourceHookBinding {
  if (pulumi.runtime.isDryRun()) {
    const foretell = new pulumi.ResourceHook(
      `${name}-difference`,
      async (args) => {
        const { foretellBuild } = await import("./tell-build.ts");
        await foretellBuild(args, settings, evaluateInAdvance);
      },
      { onDryRun: true },
    );
    return { beforeCreate: [foretell], beforeUpdate: [foretell] };
  }
  const show = new pulumi.ResourceHook(
    `${name}-difference`,
    async (args) => {
      const { showBuild } = await import("./tell-build.ts");
      await showBuild(args, settings);
    },
    { ignoreErrors: true },
  );
  return { afterCreate: [show], afterUpdate: [show] };
}
