// Measures the program against what it cannot be faster than, in the same run: npm run bench
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseBenchArguments } from "./arguments.ts";
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

say("the first up");
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
  if (sections.has("preview")) say("preview, nothing changed");
  const preview = sections.has("preview") && (await measurePreview(empty, project, runs));
  if (sections.has("up")) say("up, nothing changed");
  const up = sections.has("up") && (await measureUp(empty, project, runs));
  const copy = sections.has("copy") && (await measureCopies(project, runs));
  const machines: Record<string, RedeploySamples> = {};
  for (const count of sections.has("machines") ? counts : []) {
    say(`a line of the application to ${count} machines`);
    machines[count] = await measureRedeploy(empty, project, count, runs);
  }
  return {
    computer,
    ...(first && { first }),
    ...(preview && { preview }),
    ...(up && { up }),
    ...(copy && { copy }),
    ...(sections.has("machines") && { machines }),
  };
}
