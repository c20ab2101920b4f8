import type { Operation } from "./operation.ts";
import type { Properties } from "./property-values.ts";

export interface Failure {
  property: string;
  reason: string;
}

export interface Checked {
  inputs: Properties;
  failures: Failure[];
}

export type DiffKind = "add" | "delete" | "update";

export interface PropertyDiff {
  kind: DiffKind;
  replaces: boolean;
}

export interface ResourceId {
  readonly type: string;
  readonly name: string;
}

export interface Created {
  id: string;
  outputs: Properties;
}

/** What a resource is now; undefined when it is gone. */
export type ReadBack = { inputs: Properties; outputs: Properties } | undefined;

/** What a stand-in for a resource plugin does, apart from talking to the engine. */
export interface Provider {
  readonly name: string;
  readonly version: string;
  checkConfiguration(news: Properties): Checked;
  /** Takes the configuration that was checked. */
  configure?(configuration: Properties): void;
  check(resource: ResourceId, news: Properties, oldInputs: Properties): Checked;
  diff(resource: ResourceId, oldInputs: Properties, news: Properties): Map<string, PropertyDiff>;
  create(resource: ResourceId, inputs: Properties, operation: Operation): Promise<Created>;
  /** The outputs of a create, or of an update of `state`, as far as they are known before it. */
  preview(resource: ResourceId, inputs: Properties, state?: Properties): Properties;
  read(resource: ResourceId, id: string, state: Properties, inputs: Properties): Promise<ReadBack>;
  update(
    resource: ResourceId,
    id: string,
    state: Properties,
    inputs: Properties,
    operation: Operation,
  ): Promise<Properties>;
  remove(resource: ResourceId, id: string, state: Properties, operation: Operation): Promise<void>;
  /** Runs a function, at preview too. */
  invoke(token: string, args: Properties, operation: Operation): Promise<Checked>;
}
