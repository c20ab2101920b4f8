import { instance } from "@viz-js/viz";
import { type Resource, type ResourceGraph, reduced, wordsOf } from "./resource-graph.ts";

/** A graph as DOT, from left to right: components are frames, and resources that are alike one box. */
export function dotOf(graph: ResourceGraph): string {
  const { resources, parents, dependencies } = reduced(graph);
  const components = new Set(parents.values());
  const partOf = (resource: Resource) => {
    const parent = parents.get(resource);
    return parent ? wordsOf(parent) : "";
  };
  const boxes = alike(
    resources.filter((resource) => !components.has(resource)),
    (resource) => [
      resource.type,
      partOf(resource),
      ...dependencies.filter(([from]) => from === resource).map(([, to]) => `> ${wordsOf(to)}`),
      ...dependencies.filter(([, to]) => to === resource).map(([from]) => `< ${wordsOf(from)}`),
    ],
  );
  const boxOf = new Map(boxes.flatMap((box) => box.map((resource) => [resource, idOf(box)])));
  const linesIn = (parent: Resource | undefined, indent: string): string[] => [
    ...boxes
      .filter(([first]) => first && parents.get(first) === parent)
      .map((box) => `${indent}"${idOf(box)}" [label="${labelOf(box)}"]`),
    ...resources
      .filter((resource) => components.has(resource) && parents.get(resource) === parent)
      .flatMap((component) => [
        `${indent}subgraph "cluster ${wordsOf(component)}" {`,
        `${indent}  label="${wordsOf(component)}"`,
        ...linesIn(component, `${indent}  `),
        `${indent}}`,
      ]),
  ];
  const edges = dependencies.map(([from, to]) => `  "${boxOf.get(from)}" -> "${boxOf.get(to)}"`);
  return [
    "digraph {",
    ...STYLE,
    ...linesIn(undefined, "  "),
    ...[...new Set(edges)].sort(),
    "}",
    "",
  ].join("\n");
}

/** The SVG that Graphviz draws of it. */
export async function svgOf(dot: string): Promise<string> {
  return (await instance()).renderString(dot, { format: "svg" });
}

// Legible on a light page and on a dark one.
const STYLE = [
  '  graph [rankdir=LR, bgcolor=transparent, nodesep=0.15, ranksep=0.4, fontname="Helvetica,Arial,sans-serif", fontsize=11, fontcolor="#7d8590", color="#7d8590", style=rounded]',
  '  node [shape=box, style="rounded,filled", fillcolor="#e8f0fa", color="#4a7ab5", fontcolor="#16283c", fontname="Helvetica,Arial,sans-serif", fontsize=11, height=0.3, margin="0.16,0.06"]',
  '  edge [color="#7d8590", arrowsize=0.6]',
];

function alike(resources: readonly Resource[], traits: (of: Resource) => string[]): Resource[][] {
  const groups = Map.groupBy(resources, (resource) => traits(resource).sort().join("\n"));
  return [...groups.values()];
}

function idOf(box: readonly Resource[]): string {
  return box[0] ? wordsOf(box[0]) : "";
}

function labelOf(box: readonly Resource[]): string {
  return [box[0]?.type, ...box.map(({ name }) => name)].join("\\n");
}
