import type { Selected } from "./selection.ts";
import type { Outcome, Suite } from "./suite.ts";

/** A suite that cannot run, or in which no test ran, counts as a failure. */
export async function runSuites(
  suites: Readonly<Record<string, Suite>>,
  selected: readonly Selected[],
): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const { name, suiteArguments } of selected) {
    console.log(`\n== ${name}`);
    const started = performance.now();
    const { passed, failures } = await runSuite(suites[name], suiteArguments);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`== ${name}: ${passed} passed, ${failures.length} failed in ${seconds} s`);
    outcomes.push({ passed, failures: failures.map((failure) => `${name}: ${failure}`) });
  }
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failures: outcomes.flatMap(({ failures }) => failures),
  };
}

async function runSuite(suite: Suite | undefined, words: readonly string[]): Promise<Outcome> {
  if (suite === undefined) return { passed: 0, failures: ["there is no such suite"] };
  try {
    const outcome = await suite(words);
    if (outcome.passed + outcome.failures.length > 0) return outcome;
    return { passed: 0, failures: ["ran no test"] };
  } catch (error) {
    return { passed: 0, failures: [`could not run: ${(error as Error).message}`] };
  }
}
