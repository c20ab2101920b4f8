// Runs every suite, or those that are named: node test/run.ts [SUITE...] [ARGUMENT...]
// Arguments from the first one on that names no suite go to the last suite named.
import { parseSelection } from "./runner/selection.ts";
import type { Outcome } from "./runner/suite.ts";
import { suites } from "./runner/suites.ts";

const selection = parseSelection(process.argv.slice(2), Object.keys(suites));
const failures: string[] = [];
let passed = 0;

for (const { name, suiteArguments } of selection) {
  console.log(`\n== ${name}`);
  const outcome = await runSuite(name, suiteArguments);
  passed += outcome.passed;
  failures.push(...outcome.failures.map((failure) => `${name}: ${failure}`));
}

console.log(failures.length > 0 ? "\nFailed:" : "");
for (const failure of failures) console.log(`  ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

async function runSuite(name: string, suiteArguments: readonly string[]): Promise<Outcome> {
  const started = performance.now();
  const outcome = await suites[name]?.(suiteArguments).catch(
    (error: Error): Outcome => ({ passed: 0, failures: [`could not run: ${error.message}`] }),
  );
  const { passed, failures } = outcome ?? { passed: 0, failures: [] };
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`== ${name}: ${passed} passed, ${failures.length} failed in ${seconds} s`);
  return passed + failures.length === 0
    ? { passed, failures: ["ran no test"] }
    : { passed, failures };
}
