// Runs every suite, or those that are named: node test/run.ts [SUITE...] [ARGUMENT...]
// Arguments from the first one on that names no suite go to the last suite named.
import { runSuites } from "./runner/run-suites.ts";
import { parseSelection } from "./runner/selection.ts";
import { suites } from "./runner/suites.ts";

const selection = parseSelection(process.argv.slice(2), Object.keys(suites));
if ("fault" in selection) {
  console.error(selection.fault);
  process.exitCode = 1;
} else {
  const { passed, failures } = await runSuites(suites, selection.selected);
  if (failures.length > 0) console.log(["\nFailed:", ...failures].join("\n  "));
  console.log(`\n${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
