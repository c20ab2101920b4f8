// Measures the program against what it cannot be faster than, in the same run: npm run bench
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BenchArguments, parseBenchArguments } from "./arguments.ts";
import { describeComputer } from "./computer.ts";
import { measureCopies } from "./copy.ts";
import { makeEmptyProject } from "./empty-project.ts";
import { growthPicture } from "./growth-picture.ts";
import { pageOf } from "./page.ts";
import { phasesOf } from "./phases.ts";
import { measureRedeploy } from "./redeploy.ts";
import {
  isWhole,
  keepResults,
  mergeResults,
  type PartialResults,
  type Results,
} from "./results.ts";
import { makeStandingProject } from "./standing-project.ts";
import { plainTextOf } from "./table.ts";
import { tablesOf } from "./tables.ts";
import { measurePreview, measureUp } from "./unchanged.ts";

const say = (words: string) => process.stderr.write(`bench: ${words}\n`);
const file = join(process.env.SANDBOX_HOME ?? ".sandbox", "bench.json");

const asked = readArguments(process.argv.slice(2));
if (asked) await run(asked);
else process.exitCode = 1;

function readArguments(words: readonly string[]): BenchArguments | undefined {
  try {
    return parseBenchArguments(words);
  } catch (error) {
    say((error as Error).message);
    return undefined;
  }
}

async function run({ sections, counts, runs }: BenchArguments): Promise<void> {
  say("making a stack");
  await using empty = await makeEmptyProject();
  await using project = await makeStandingProject({ isFirst: sections.has("first") });
  const computer = await describeComputer();
  // What takes a second differs by a tenth from run to run.
  const oftener = 3 * runs;
  let measured: PartialResults = { computer };
  // At once, so that a section that fails takes nothing from those before it.
  const keep = async (part: Partial<Results>) => {
    measured = mergeResults(measured, { ...part, computer });
    await keepResults(file, measured);
  };
  if (sections.has("first")) await keep({ first: phasesOf(project.firstUp) });
  if (sections.has("preview")) {
    say("preview, nothing changed");
    await keep({ preview: await measurePreview(empty, project, oftener) });
  }
  if (sections.has("up")) {
    say("up, nothing changed");
    await keep({ up: await measureUp(empty, project, oftener) });
  }
  if (sections.has("copy")) {
    say("big closures");
    await keep({ copy: await measureCopies(project, runs) });
  }
  for (const count of sections.has("machines") ? counts : []) {
    say(`a line of the application, machines: ${count}`);
    await keep({ machines: { [count]: await measureRedeploy(empty, project, count, runs) } });
  }
  await show(measured);
}

async function show(measured: PartialResults): Promise<void> {
  for (const table of tablesOf(measured)) console.log(`\n${plainTextOf(table)}`);
  console.log(`\nEvery single run is in ${file}.`);
  const all = await keepResults(file, measured);
  if (isWhole(all)) {
    await writeFile("docs/performance.md", pageOf(all));
    await writeFile("docs/performance.svg", growthPicture(all.machines));
  } else {
    console.log("docs/performance.md takes a run of each section and stays as it is.");
  }
}
