import type { EmptyProject } from "./empty-project.ts";
import { measureInTurn, type Sample } from "./measure.ts";
import type { StandingProject } from "./standing-project.ts";

export type PreviewSamples = Readonly<Record<"emptyPreview" | "evaluation" | "preview", Sample>>;
export type UpSamples = Readonly<Record<"emptyUp" | "up", Sample>>;

/** A preview of what has not changed, beside an empty program's and an evaluation by hand. */
export function measurePreview(
  empty: EmptyProject,
  project: StandingProject,
  runs: number,
): Promise<PreviewSamples> {
  const works = {
    emptyPreview: () => empty.pulumi("preview"),
    evaluation: () => project.evaluate(),
    preview: () => project.pulumi("preview"),
  };
  return measureInTurn(works, { runs, memoryRuns: 1 });
}

/** An `up` of what has not changed, beside an empty program's. */
export function measureUp(
  empty: EmptyProject,
  project: StandingProject,
  runs: number,
): Promise<UpSamples> {
  const works = { emptyUp: () => empty.up(), up: () => project.up() };
  return measureInTurn(works, { runs, memoryRuns: 1 });
}
