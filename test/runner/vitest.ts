import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import type { Suite } from "./suite.ts";

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export const vitest: Suite = async (suiteArguments, stdio = "inherit") => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "vitest-"));
  const file = join(folder.path, "report.json");
  const reporters = ["--reporter=verbose", "--reporter=json", `--outputFile.json=${file}`];
  const { exitCode } = await execa("vitest", ["run", ...reporters, ...suiteArguments], {
    stdio,
    reject: false,
  });
  return count(JSON.parse(await readFile(file, "utf8")), exitCode === 0);
};

function count({ testResults }: Report, succeeded: boolean) {
  const tests = testResults.flatMap(({ name, status, message, assertionResults }) =>
    assertionResults.length === 0 && status === "failed"
      ? [{ name: `${relative(".", name)}: ${message.split("\n", 1)[0]}`, status, reason: "" }]
      : assertionResults.map(({ fullName, status, failureMessages }) => ({
          name: `${relative(".", name)}: ${fullName}`,
          status,
          reason: failureMessages.map(withoutStack).join(""),
        })),
  );
  const failures = tests
    .filter(({ status }) => status !== "passed")
    .map(
      ({ name, status, reason }) => (status === "failed" ? name : `${name} (${status})`) + reason,
    );
  // Such as an error that no test caught: the run fails although every test passes.
  if (!succeeded && failures.length === 0)
    failures.push("vitest reports a failure outside the tests");
  return { passed: tests.filter(({ status }) => status === "passed").length, failures };
}

function withoutStack(message: string): string {
  const lines = stripVTControlCharacters(message).split("\n");
  return lines
    .filter((line) => !/^ +at /.test(line))
    .map((line) => `\n    ${line}`)
    .join("");
}
