import type { z } from "zod";
import type { Operation } from "../lib/operation.ts";

/** Property values without secret markers: what the API takes and gives. */
// biome-ignore lint/suspicious/noExplicitAny: each resource type knows its own properties.
export type Values = Record<string, any>;

export interface Context extends Operation {
  /** The time that the user gives a create, in seconds; undefined for the type's own. */
  readonly timeoutSeconds: number | undefined;
}

/** One resource type of the provider. */
export interface AwsResource {
  /** The properties that the program uses, of those that the type has. */
  readonly inputs: z.ZodObject;
  /** The property that is given a name where the user gives none. */
  readonly autoName?: string;
  /** Outputs besides the inputs. */
  readonly computed: readonly string[];
  /** By input: the outputs that its change in place makes unknown. */
  readonly unstable?: Readonly<Record<string, readonly string[]>>;
  /** Gives the ID. */
  create(inputs: Values, context: Context): Promise<string>;
  /** What is there now, inputs and computed outputs; undefined when it is gone. */
  read(id: string, state: Values): Promise<Values | undefined>;
  /** Changes it in place; not there where every change replaces. */
  update?(id: string, olds: Values, inputs: Values, context: Context): Promise<void>;
  /** What is gone already is no error. */
  delete(id: string, state: Values, context: Context): Promise<void>;
}
