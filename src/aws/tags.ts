import * as pulumi from "@pulumi/pulumi";

export type Tags = Record<string, pulumi.Input<string>>;

/** Tags by which a person, a bill and this program know what belongs to the stack. */
export function tagsOf(name: string, system?: pulumi.Input<string>): Tags {
  return {
    Name: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
    ...stackTags(),
    ...(system && { System: system }),
  };
}

/** The tags that everything of the stack has. */
export function stackTags(): { Project: string; Stack: string } {
  return { Project: pulumi.getProject(), Stack: pulumi.getStack() };
}
