import * as pulumi from "@pulumi/pulumi";

/** The name that the stack's nth machine has in it, counted from 1. */
export function machineName(number: number): string {
  return `machine-${number}`;
}

/** A name that no other stack of this computer or account has, as host names are spelt. */
export function stackWideName(suffix: string | number): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}-${suffix}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
}

/** The stack among all that a machine may be deployed to from. */
export function stackId(): string {
  return `${pulumi.getProject()}/${pulumi.getStack()}`;
}
