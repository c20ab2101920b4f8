import { stat } from "node:fs/promises";
import { formatBytes } from "../bytes.ts";
import { type ImageInfo, readImageInfo } from "../nix/image-info.ts";

/** How much the upload of an image sends. */
export interface UploadSize {
  readonly bytes: number;
  /** By the image before it, for this one is not built. */
  readonly isEstimate: boolean;
}

export function describeUpload(size: UploadSize | undefined): string {
  if (!size) return "to upload: known once it is built";
  const bytes = formatBytes(size.bytes);
  return size.isEstimate
    ? `to upload: about ${bytes}, if the new image is as big as the one before`
    : `to upload: ${bytes}`;
}

/**
 * How much the upload of an image sends; undefined where only the build will tell.
 *
 * @param outPath where the image is, or will be.
 * @param before what the state has on record of the image before it.
 */
export async function uploadSize(
  outPath: string,
  before: Partial<ImageInfo> | undefined,
): Promise<UploadSize | undefined> {
  const built = await readImageInfo(outPath).catch(() => undefined);
  if (built?.fileBytes !== undefined) return { bytes: built.fileBytes, isEstimate: false };
  const bytes = before?.fileBytes ?? (await fileSize(before?.file));
  return bytes === undefined ? undefined : { bytes, isEstimate: true };
}

/** Of a file that may be gone from this computer. */
export async function fileSize(file: string | undefined): Promise<number | undefined> {
  if (file === undefined) return undefined;
  return stat(file).then(
    ({ size }) => size,
    () => undefined,
  );
}
