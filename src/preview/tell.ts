import * as pulumi from "@pulumi/pulumi";

/** Shows lines below a resource, by its URN: in a hook the resource itself does not know it yet. */
export async function tell(urn: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  await pulumi.log.info(lines.join("\n"), { urn: pulumi.output(urn) } as pulumi.Resource);
}
