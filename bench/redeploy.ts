import type { EmptyProject } from "./empty-project.ts";
import { measureInTurn, type Sample } from "./measure.ts";
import type { StandingProject } from "./standing-project.ts";

export interface RedeploySamples extends Readonly<Record<"emptyUp" | "byHand" | "up", Sample>> {
  /** Seconds of the `nix build` in each run by hand that counts. */
  readonly buildSeconds: readonly number[];
}

/** A changed line of the application brought to so many machines, by hand and by `up`. */
export async function measureRedeploy(
  empty: EmptyProject,
  project: StandingProject,
  count: number,
  runs: number,
): Promise<RedeploySamples> {
  await project.grow(count);
  const machines = await project.machines();
  const buildSeconds: number[] = [];
  const samples = await measureInTurn(
    {
      emptyUp: () => empty.up(),
      byHand: async () => {
        buildSeconds.push((await project.deployByHand(machines)).buildSeconds);
      },
      up: () => project.up(),
    },
    {
      runs,
      memoryRuns: 2,
      prepare: async (measured) => {
        await project.editApp();
        // What a build takes is the build's, and not the deployer's.
        if (measured === "memory") await project.build();
      },
    },
  );
  await project.requireDeployed();
  return { ...samples, buildSeconds: buildSeconds.slice(-runs) };
}
