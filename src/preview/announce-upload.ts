import * as pulumi from "@pulumi/pulumi";
import { tell } from "../tell.ts";
import { uploadOfBuild } from "./known-systems.ts";
import { addUploadToReport } from "./report.ts";
import { describeUpload, fileSize, type UploadSize } from "./upload-size.ts";

/**
 * Shows how much the upload of an image sends: in a preview as far as it is known, and before the
 * upload exactly.
 *
 * @param build name of the resource that builds the image.
 */
export function announceUpload(name: string, build: string): pulumi.ResourceHookBinding {
  const foretell = new pulumi.ResourceHook(
    `${name}-upload-size`,
    async ({ urn, newInputs }) => {
      const size = (await sizeOfAsset(newInputs?.source)) ?? uploadOfBuild(build);
      addUploadToReport({ name, size });
      await tell(urn, [describeUpload(size)]);
    },
    { onDryRun: true, ignoreErrors: true },
  );
  return { beforeCreate: [foretell] };
}

/** What is not built has no asset yet. */
async function sizeOfAsset(source: unknown): Promise<UploadSize | undefined> {
  if (!(source instanceof pulumi.asset.FileAsset)) return undefined;
  const bytes = await fileSize(await source.path);
  return bytes === undefined ? undefined : { bytes, isEstimate: false };
}
