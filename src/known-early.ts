import * as pulumi from "@pulumi/pulumi";

/**
 * The value, for what must not begin before the resources with these IDs are there. A preview knows it
 * all the same, though not the ID of what is still to be made.
 */
export function knownEarly<T>(
  value: pulumi.Output<T>,
  ids: readonly pulumi.Output<string>[],
): pulumi.Output<T> {
  if (pulumi.runtime.isDryRun()) return value;
  return pulumi.all([...ids]).apply(() => value) as pulumi.Output<T>;
}
