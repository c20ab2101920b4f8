import { z } from "zod";

/** Keys about what a preview shows. */
export const previewKeys = {
  diff: z.enum(["short", "full"]),
  diffFile: z
    .string()
    .regex(/^$|^[^\0]+\.(?:md|json)$/, "must be a path that ends in .md or .json, or empty"),
};
