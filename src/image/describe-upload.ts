import { stat } from "node:fs/promises";
import { ListMultipartUploadsCommand, ListPartsCommand, S3Client } from "@aws-sdk/client-s3";
import { clientConfig } from "../aws/client-config.ts";
import { formatBytes, formatPart } from "../bytes.ts";

/** What goes where. */
export interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly file: string;
}

/** How much of the file S3 has; where it does not say, how long it takes. */
export async function describeUpload(upload: Upload, seconds: number): Promise<string> {
  const { size } = await stat(upload.file);
  const sent = await uploadedBytes(upload).catch(() => undefined);
  return sent === undefined
    ? `uploading ${formatBytes(size)}: ${seconds} s`
    : `uploaded ${formatPart(sent, size)}`;
}

/** Undefined where it is not sent in parts, or S3 does not know of it yet. */
async function uploadedBytes({ bucket, key }: Upload): Promise<number | undefined> {
  const client = new S3Client(clientConfig());
  const { Uploads: uploads = [] } = await client.send(
    new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key }),
  );
  // The youngest comes last; an upload that was killed left its parts behind.
  const latest = uploads.findLast((each) => each.Key === key);
  if (!latest?.UploadId) return undefined;
  const parts = { Bucket: bucket, Key: key, UploadId: latest.UploadId };
  let bytes = 0;
  // The SDK's own pagination would go on for ever: the last page has a marker, too.
  for (let marker: string | undefined; ; ) {
    const page = await client.send(new ListPartsCommand({ ...parts, PartNumberMarker: marker }));
    bytes += page.Parts?.reduce((sum, { Size: size = 0 }) => sum + size, 0) ?? 0;
    if (!page.IsTruncated) return bytes;
    marker = page.NextPartNumberMarker;
  }
}
