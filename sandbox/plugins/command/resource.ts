import type { Operation } from "../lib/operation.ts";
import type { Properties } from "../lib/property-values.ts";

/** One resource type, on inputs that `checkInputs` let through. */
export interface Resource<Inputs, Results extends Properties> {
  /** The results that a preview cannot know. */
  unknownResults(inputs: Inputs): string[];
  /** The results in a state: its outputs, less the inputs. */
  readResults(state: Properties): Results;
  create(inputs: Inputs, operation: Operation): Promise<Results>;
  update(
    inputs: Inputs,
    old: { inputs: Inputs; results: Results },
    operation: Operation,
  ): Promise<Results>;
  delete(inputs: Inputs, results: Results, operation: Operation): Promise<void>;
}
