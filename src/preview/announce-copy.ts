import * as pulumi from "@pulumi/pulumi";

/**
 * Shows before a copy to a machine how much it sends, in a preview as far as it is known. What the
 * machine has by then is what the stack gave it last: nobody asks the machine. Nothing is loaded for a
 * copy that does not change.
 */
export function announceCopy(name: string): pulumi.ResourceHookBinding {
  const foretell = new pulumi.ResourceHook(
    `${name}-copy-size`,
    async (args) => {
      const { foretellCopy } = await import("./tell-copy-size.ts");
      await foretellCopy(name, args);
    },
    { onDryRun: true, ignoreErrors: true },
  );
  return { beforeCreate: [foretell], beforeUpdate: [foretell] };
}
