// Times the program against what it cannot be faster than, measured in the same run: npm run bench
import { makeEmptyProject } from "./empty-project.ts";
import { measureInTurn, median } from "./measure.ts";
import { makeStandingProject } from "./standing-project.ts";

const RUNS = 5;

await using empty = await makeEmptyProject();
await using project = await makeStandingProject();

const unchanged = await measureInTurn(
  {
    emptyPreview: () => empty.pulumi("preview"),
    emptyUp: () => empty.pulumi("up", "--yes", "--skip-preview"),
    evaluation: () => project.evaluate(),
    preview: () => project.pulumi("preview"),
    up: () => project.pulumi("up", "--yes", "--skip-preview"),
  },
  RUNS,
);
const redeployed = await measureInTurn(
  {
    byHand: async () => {
      await project.editApp();
      await project.deployByHand();
    },
    up: async () => {
      await project.editApp();
      await project.pulumi("up", "--yes", "--skip-preview");
    },
  },
  RUNS,
);

const emptyPreview = median(unchanged.emptyPreview);
const emptyUp = median(unchanged.emptyUp);
const evaluation = median(unchanged.evaluation);
const byHand = median(redeployed.byHand);
const rows = [
  row("preview, no change", median(unchanged.preview), emptyPreview + evaluation),
  row("up, no change", median(unchanged.up), emptyUp + evaluation),
  row("up less the engine's own, one line of the app", median(redeployed.up) - emptyUp, byHand),
];
console.table(Object.fromEntries(rows));

/** A figure, its floor, and how many times the floor it is. */
function row(name: string, seconds: number, floorSeconds: number) {
  const columns = { seconds, floorSeconds, ratio: seconds / floorSeconds };
  const rounded = Object.entries(columns).map(([key, value]) => [key, Number(value.toFixed(2))]);
  return [name, Object.fromEntries(rounded)];
}
