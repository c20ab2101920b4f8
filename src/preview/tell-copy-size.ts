import * as pulumi from "@pulumi/pulumi";
import { tell } from "../tell.ts";
import { copySize, describeCopy, sizeOfBuild } from "./copy-size.ts";
import { addCopyToReport } from "./report.ts";

/** Tells how much a copy to a machine sends, where it sends another system than the last one. */
export async function foretellCopy(
  name: string,
  { urn, oldInputs, newInputs }: pulumi.ResourceHookArgs,
): Promise<void> {
  const [system, drvPath] = storePathsIn(newInputs?.create);
  const [before, drvPathBefore] = storePathsIn(oldInputs?.create);
  if (system === undefined || system === before) return;
  const size = await (drvPath === undefined
    ? copySize(system, before)
    : sizeOfBuild(drvPath, drvPathBefore));
  // A system that only the machine has is not copied.
  if (!size && !pulumi.runtime.isDryRun()) return;
  addCopyToReport({ name, size });
  await tell(urn, [describeCopy(size)]);
}

/** The system, and the derivation where the machine builds it. */
function storePathsIn(command: unknown): string[] {
  return typeof command === "string" ? (command.match(/\/nix\/store\/[\w.+?=-]+/g) ?? []) : [];
}
