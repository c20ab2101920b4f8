import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { NixError } from "./cli.ts";

/** What EC2 must be told of a disk image, in its own names. */
export interface ImageForm {
  readonly format: "VHD" | "RAW" | "VMDK";
  readonly bootMode: "legacy-bios" | "uefi" | "uefi-preferred";
}

/** A disk image as nixpkgs describes it in `nix-support/image-info.json`. */
export interface ImageInfo extends ImageForm {
  /** Absolute path of the image file. */
  readonly file: string;
  /** Size in bytes of the disk in the image; the file may be smaller. */
  readonly sizeBytes: number;
  /** Size in bytes of the file, which is what an upload sends. States of older versions have none. */
  readonly fileBytes?: number;
}

const schema = z.object({
  file: z.string(),
  boot_mode: z.enum(["legacy-bios", "uefi", "uefi-preferred"]),
  logical_bytes: z.union([z.string().regex(/^\d+$/), z.number()]),
});

const formats = {
  ".vhd": "VHD",
  ".vpc": "VHD",
  ".raw": "RAW",
  ".img": "RAW",
  ".vmdk": "VMDK",
} as const;

/**
 * The image that a store path holds, or undefined for one that is not an image.
 *
 * @throws {NixError} for a description that this program does not understand.
 */
export async function readImageInfo(storePath: string): Promise<ImageInfo | undefined> {
  const path = join(storePath, "nix-support", "image-info.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new NixError(
      `${path} describes no image that this program understands:\n${z.prettifyError(parsed.error)}\n` +
        "Build the image with nixpkgs' own modules.",
    );
  const { file, boot_mode, logical_bytes } = parsed.data;
  const extension = /\.[^.]*$/.exec(file)?.[0] ?? "";
  const format = formats[extension as keyof typeof formats];
  if (!format) {
    throw new NixError(
      `The image ${file} is in a format that EC2 cannot import. Set the image's format to raw or vpc ` +
        `(one of ${Object.keys(formats).join(", ")}).`,
    );
  }
  const { size: fileBytes } = await stat(file);
  return { file, format, bootMode: boot_mode, sizeBytes: Number(logical_bytes), fileBytes };
}
