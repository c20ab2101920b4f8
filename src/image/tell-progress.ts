import * as pulumi from "@pulumi/pulumi";
import { tellStatus } from "../tell.ts";
import { whileTelling } from "../while-telling.ts";

/**
 * Tells now and then, for as long as a resource is made, how far that is: the aws provider says nothing
 * before it is done.
 *
 * @param describe gets the resource's inputs and how long it takes so far; undefined for no line.
 */
export function tellProgress(
  name: string,
  describe: (inputs: pulumi.Inputs, seconds: number) => Promise<string | undefined>,
): pulumi.ResourceHookBinding {
  if (pulumi.runtime.isDryRun()) return {};
  const { promise: isMade, resolve: end } = Promise.withResolvers<void>();
  const begun = new pulumi.ResourceHook(`${name}-begun`, ({ urn, newInputs = {} }) => {
    const tell = async (seconds: number) => {
      const line = await describe(newInputs, seconds);
      if (line !== undefined) await tellStatus(urn, line);
    };
    // Progress that cannot be told is not worth failing for.
    void whileTelling(isMade, delays(), (seconds) => void tell(seconds).catch(() => undefined));
  });
  return {
    beforeCreate: [begun],
    afterCreate: [new pulumi.ResourceHook(`${name}-made`, () => end())],
  };
}

/** Seconds between lines. */
function* delays(): Generator<number> {
  yield* [2, 3, 5];
  for (;;) yield 10;
}
