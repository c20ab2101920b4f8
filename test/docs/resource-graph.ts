/** A resource as a picture names it: the last word of its type, and its name. */
export interface Resource {
  readonly type: string;
  readonly name: string;
}

export interface ResourceGraph {
  /** Stack and providers left out, sorted. */
  readonly resources: readonly Resource[];
  /** From a resource to the component that it is a part of. */
  readonly parents: ReadonlyMap<Resource, Resource>;
  /** From what must be there first to what needs it. */
  readonly dependencies: readonly (readonly [Resource, Resource])[];
}

/** Reads what `pulumi stack graph` writes with colours `parent` and `dependency` for its edges. */
export function readResourceGraph(dot: string): ResourceGraph {
  const byId = new Map<string, Resource>();
  for (const [, id = "", urn = ""] of dot.matchAll(/^\s*(\w+) \[label="(urn:[^"]+)"\]/gm)) {
    const [types = "", name = ""] = urn.split("::").slice(2);
    const type = types.split("$").at(-1) ?? "";
    if (!type.startsWith("pulumi:")) {
      byId.set(id, { type: type.split(":").at(-1) ?? "", name });
    }
  }
  const parents = new Map<Resource, Resource>();
  const dependencies: [Resource, Resource][] = [];
  for (const [, from = "", to = "", color] of dot.matchAll(
    /^\s*(\w+) -> (\w+) \[color = "(\w+)"/gm,
  )) {
    const [source, target] = [byId.get(from), byId.get(to)];
    if (!source || !target) continue;
    if (color === "parent") parents.set(source, target);
    else dependencies.push([source, target]);
  }
  return { resources: [...byId.values()].toSorted(byWords), parents, dependencies };
}

/** The graph without the dependencies that others imply. */
export function reduced(graph: ResourceGraph): ResourceGraph {
  const next = (from: Resource) =>
    graph.dependencies.filter(([source]) => source === from).map(([, target]) => target);
  const reaches = (from: Resource, to: Resource): boolean =>
    next(from).some((between) => between === to || reaches(between, to));
  const isImplied = ([from, to]: readonly [Resource, Resource]) =>
    next(from).some((between) => between !== to && reaches(between, to));
  return { ...graph, dependencies: graph.dependencies.filter((edge) => !isImplied(edge)) };
}

export function wordsOf({ type, name }: Resource): string {
  return `${type} ${name}`;
}

function byWords(one: Resource, other: Resource): number {
  return wordsOf(one) < wordsOf(other) ? -1 : 1;
}
