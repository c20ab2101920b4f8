import { join } from "node:path";
import { expect } from "vitest";
import { dotOf, svgOf } from "../docs/picture.ts";
import { readResourceGraph } from "../docs/resource-graph.ts";
import type { Project } from "./project.ts";

/** Holds a picture of docs/graphs to what the engine knows of the stack. `npm run graphs` makes it. */
export async function expectPicture(project: Project, name: string): Promise<void> {
  const picture = join(process.cwd(), "docs/graphs", name);
  const dot = dotOf(readResourceGraph(await project.graph()));
  await expect(dot).toMatchFileSnapshot(`${picture}.dot`);
  await expect(await svgOf(dot)).toMatchFileSnapshot(`${picture}.svg`);
}
