// Measures the program against what it cannot be faster than, in the same run: npm run bench
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseBenchArguments, type Section } from "./arguments.ts";
import { describeComputer } from "./computer.ts";
import { measureCopies } from "./copy.ts";
import { makeEmptyProject } from "./empty-project.ts";
import { growthPicture } from "./growth-picture.ts";
import { pageOf } from "./page.ts";
import { phasesOf } from "./phases.ts";
import { measureRedeploy, type RedeploySamples } from "./redeploy.ts";
import { isWhole, keepResults, type PartialResults } from "./results.ts";
import { makeStandingProject } from "./standing-project.ts";
import { plainTextOf } from "./table.ts";
import { tablesOf } from "./tables.ts";
import { measurePreview, measureUp } from "./unchanged.ts";

const { sections, counts, runs } = parseBenchArguments(process.argv.slice(2));
const say = (words: string) => process.stderr.write(`bench: ${words}\n`);

say("making a stack");
await using empty = await makeEmptyProject();
await using project = await makeStandingProject({ isFirst: sections.has("first") });
const results = await measure();

const file = join(process.env.SANDBOX_HOME ?? ".sandbox", "bench.json");
const all = await keepResults(file, results);
for (const table of tablesOf(results)) console.log(`\n${plainTextOf(table)}`);
console.log(`\nEvery single run is in ${file}.`);
if (isWhole(all)) {
  await writeFile("docs/performance.md", pageOf(all));
  await writeFile("docs/performance.svg", growthPicture(all.machines));
} else {
  console.log("docs/performance.md takes a run of each section and stays as it is.");
}

async function measure(): Promise<PartialResults> {
  const computer = await describeComputer();
  const first = sections.has("first") && phasesOf(project.firstUp);
  const preview = await measureIfAsked("preview", () => measurePreview(empty, project, runs));
  const up = await measureIfAsked("up", () => measureUp(empty, project, runs));
  const copy = await measureIfAsked("copy", () => measureCopies(project, runs));
  const machines = await measureIfAsked("machines", measureGrowth);
  return {
    computer,
    ...(first && { first }),
    ...(preview && { preview }),
    ...(up && { up }),
    ...(copy && { copy }),
    ...(machines && { machines }),
  };
}

async function measureIfAsked<T>(section: Section, work: () => Promise<T>): Promise<T | undefined> {
  if (!sections.has(section)) return undefined;
  say(`measuring ${section}`);
  return work();
}

async function measureGrowth(): Promise<Record<string, RedeploySamples>> {
  const samples: Record<string, RedeploySamples> = {};
  for (const count of counts) {
    say(`a changed line on ${count} at once`);
    samples[count] = await measureRedeploy(empty, project, count, runs);
  }
  return samples;
}
