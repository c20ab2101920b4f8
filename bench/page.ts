import type { Computer } from "./computer.ts";
import { goalsOf, secondsOf } from "./goals.ts";
import type { Sample } from "./measure.ts";
import type { Phase } from "./phases.ts";
import type { Results } from "./results.ts";
import { markdownOf } from "./table.ts";
import { copiesOf, growthOf, memoryOf, phasesIn } from "./tables.ts";

/** docs/performance.md, all of it. */
export function pageOf(results: Results): string {
  return `# How fast it is

\`npm run bench\` measured this and wrote this page, on ${describe(results.computer)}.
Seconds are medians of ${runsOf(results.preview.preview, results.up.up)} runs where nothing changed, of ${runsOf(...results.copy.map(({ copy }) => copy))} copies, of as many as the table says by the
number of machines; a figure and its floor were measured in turn. Before each run the bench waited until the computer had nothing else to do, ten
seconds at most.

## Goals

"By hand" is \`nix build\`, then for all machines at once \`nix-copy-closure\` and one \`ssh\` with
\`nix-env --set\` and \`switch-to-configuration\`: the least that brings a change to a machine, without rollback,
health checks or confirmation. The build of a changed line runs the application's tests, by hand as well.
One \`nix eval\` takes ${secondsOf(results.preview.evaluation).toFixed(2)} s here, for a small stand-in takes the place of nixpkgs, whose own
evaluation takes seconds. A preview in which nothing changed spends none of them.

${markdownOf(goalsOf(results))}

## Growth

One changed line of the application, built once and brought to all machines at once. The machines
run on the same processors, so what they do themselves grows with their number by hand, too.

![Seconds and memory by the number of machines](performance.svg)

${markdownOf(growthOf(results.machines))}

The two columns before the number of runs are \`pulumi up\` less an empty program's and less the build, by hand less the
build, and their ratio: what is there besides Pulumi's own start and the application's tests.

${markdownOf(memoryOf(results.machines))}

Memory is the most that all processes of the deployer had together: the CLI, the program, the plugins,
the copies, not the machines; proportional set size, so that what processes share counts once; the most of
two runs of their own, with the system built before. The engine makes four resources for each processor
at once unless \`--parallel\` says otherwise, so more machines have no more copies at once; what grows
then is what the engine keeps of them.

## Big closures

One file, copied to a machine of this computer. Memory as above, of one run. A copy that lasts over
eight seconds has a Node.js process beside it, which tells how far it is: the same one for any size.

${markdownOf(copiesOf(results.copy))}

## First \`up\`

What each second of the first \`pulumi up\` of stack \`local\` went to: nothing was built before, no module
compiled. Rows on the way follow each other and add up to the ${totalOf(results.first).toFixed(1)} s of the whole; the others went on
beside them.

${markdownOf(phasesIn(results.first))}

## Measure again

\`\`\`sh
npm run bench                          # all of it, on a quiet computer
npm run bench -- preview               # some of it: first, preview, up, machines, copy
npm run bench -- machines 64           # other numbers of machines
npm run bench -- --runs 1 machines 4   # a quick look
\`\`\`

A narrowed run replaces its part of \`.sandbox/bench.json\`, which has every single run, and of this page.
`;
}

function totalOf(phases: readonly Phase[]): number {
  return phases.reduce((sum, { isOnTheWay, seconds }) => sum + (isOnTheWay ? seconds : 0), 0);
}

function describe({ processors, processorModel, memoryGiB, nix, node, pulumi }: Computer): string {
  return (
    `${processors} processors (${processorModel}) and ${memoryGiB} GiB of memory, with ` +
    `Nix ${nix}, Node.js ${node} and Pulumi ${pulumi}`
  );
}

function runsOf(...samples: readonly Sample[]): number {
  return Math.min(...samples.map(({ seconds }) => seconds.length));
}
