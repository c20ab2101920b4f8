import * as pulumi from "@pulumi/pulumi";

/**
 * A dynamic resource whose provider is what `providers/IMPLEMENTATION.impl.ts` exports. The state keeps
 * a text that only loads the file, so every operation runs the program's code of today, and the text
 * does not change when the code does.
 */
export class ProgramResource extends pulumi.CustomResource {
  /** @param type the resource's type below `pulumi-nodejs:dynamic/`, as `nix:Build`. */
  constructor(
    implementation: string,
    type: `${string}:${string}`,
    name: string,
    props: pulumi.Inputs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const inputs = { ...props, __provider: providerText(implementation) };
    super(`pulumi-nodejs:dynamic/${type}`, name, inputs, opts);
  }
}

/**
 * What pulumi.dynamic.Resource makes of a provider, ready: to make it of functions, the SDK loads the
 * TypeScript compiler and reads every function, which takes half a second of each run.
 */
function providerText(implementation: string): string {
  return `exports.handler = () => require(process.cwd() + "/providers/${implementation}.impl.ts");\n`;
}
