import * as pulumi from "@pulumi/pulumi";
import { tell } from "../tell.ts";
import { copySize, describeCopy, sizeOfBuild } from "./copy-size.ts";
import { addCopyToReport } from "./report.ts";

/**
 * Shows before a copy to a machine how much it sends, in a preview as far as it is known. What the
 * machine has by then is what the stack gave it last: nobody asks the machine.
 */
export function announceCopy(
  name: string,
  { diffFile }: { readonly diffFile: string },
): pulumi.ResourceHookBinding {
  const foretell = new pulumi.ResourceHook(
    `${name}-copy-size`,
    async ({ urn, oldInputs, newInputs }) => {
      const [system, drvPath] = storePathsIn(newInputs?.create);
      const [before, drvPathBefore] = storePathsIn(oldInputs?.create);
      if (system === undefined || system === before) return;
      const size = await (drvPath === undefined
        ? copySize(system, before)
        : sizeOfBuild(drvPath, drvPathBefore));
      // A system that only the machine has is not copied.
      if (!size && !pulumi.runtime.isDryRun()) return;
      addCopyToReport(diffFile, { name, size });
      await tell(urn, [describeCopy(size)]);
    },
    { onDryRun: true, ignoreErrors: true },
  );
  return { beforeCreate: [foretell], beforeUpdate: [foretell] };
}

/** The system, and the derivation where the machine builds it. */
function storePathsIn(command: unknown): string[] {
  return typeof command === "string" ? (command.match(/\/nix\/store\/[\w.+?=-]+/g) ?? []) : [];
}
