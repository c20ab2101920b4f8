import { CreateTagsCommand, DeleteTagsCommand, type Tag } from "@aws-sdk/client-ec2";
import { ec2 } from "./clients.ts";
import type { Values } from "./resource.ts";

export type Tags = Record<string, string>;

export function toTags(tags: Tags | undefined): Tag[] {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

/** Of a resource's tags those that are its own: AWS's begin with `aws:`. */
export function fromTags(tags: readonly Tag[] | undefined): Values {
  const own = (tags ?? []).filter(({ Key }) => !Key?.startsWith("aws:"));
  const set = Object.fromEntries(own.map(({ Key = "", Value = "" }) => [Key, Value]));
  return { ...(own.length > 0 && { tags: set }), tagsAll: set };
}

export function tagSpecifications<T extends string>(type: T, tags: Tags | undefined) {
  if (Object.keys(tags ?? {}).length === 0) return undefined;
  return [{ ResourceType: type, Tags: toTags(tags) }];
}

export async function updateTags(id: string, olds: Tags = {}, news: Tags = {}): Promise<void> {
  const gone = Object.keys(olds).filter((key) => !(key in news));
  const changed = Object.entries(news).filter(([key, value]) => olds[key] !== value);
  if (gone.length > 0) {
    await ec2().send(
      new DeleteTagsCommand({ Resources: [id], Tags: gone.map((Key) => ({ Key })) }),
    );
  }
  if (changed.length > 0) {
    await ec2().send(
      new CreateTagsCommand({ Resources: [id], Tags: toTags(Object.fromEntries(changed)) }),
    );
  }
}
