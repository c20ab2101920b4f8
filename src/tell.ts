import * as pulumi from "@pulumi/pulumi";

/** Shows lines below a resource, by its URN: in a hook the resource itself does not know it yet. */
export async function tell(urn: string, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await pulumi.log.info(lines.join("\n"), resourceOf(urn));
}

/** Shows a line beside a resource while it is the latest. */
export async function tellStatus(urn: string, line: string): Promise<void> {
  await pulumi.log.info(line, resourceOf(urn), undefined, true);
}

function resourceOf(urn: string): pulumi.Resource {
  return { urn: pulumi.output(urn) } as pulumi.Resource;
}
