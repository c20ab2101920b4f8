import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { XMLParser } from "fast-xml-parser";
import type { Suite } from "./suite.ts";

interface TestCase {
  readonly classname: string;
  readonly name: string;
  readonly failure?: unknown;
  readonly error?: unknown;
  readonly skipped?: unknown;
}

export const pytest =
  (file: string): Suite =>
  async (suiteArguments, stdio = "inherit") => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "pytest-"));
    const report = join(folder.path, "report.xml");
    await execa(file, [`--junit-xml=${report}`, ...suiteArguments], {
      cwd: "app",
      stdio,
      reject: false,
    });
    return count(await readFile(report, "utf8"));
  };

function count(report: string) {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    isArray: (name) => name === "testcase" || name === "testsuite",
  });
  const suites: { testcase?: TestCase[] }[] = parser.parse(report).testsuites.testsuite;
  const cases = suites.flatMap(({ testcase }) => testcase ?? []);
  const failures = cases.filter(
    (test) => test.failure !== undefined || test.error !== undefined || test.skipped !== undefined,
  );
  return {
    passed: cases.length - failures.length,
    failures: failures.map(({ classname, name, skipped }) =>
      skipped === undefined ? `${classname} ${name}` : `${classname} ${name} (skipped)`,
    ),
  };
}
