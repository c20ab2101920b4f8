import { expect, test } from "vitest";
import { makeFolder } from "../sandbox/language-host-process.ts";
import { commandSuite } from "./command.ts";
import { pytest } from "./pytest.ts";
import { runSuites } from "./run-suites.ts";
import { parseSelection } from "./selection.ts";
import { vitest } from "./vitest.ts";

const home = process.env.SANDBOX_HOME;

test("without names, every suite is selected", () => {
  expect(parseSelection([], ["a", "b"])).toEqual({
    selected: [
      { name: "a", suiteArguments: [] },
      { name: "b", suiteArguments: [] },
    ],
  });
});

test("what follows the names goes to the last suite named", () => {
  expect(parseSelection(["b", "test/x", "-t", "a"], ["a", "b"])).toEqual({
    selected: [{ name: "b", suiteArguments: ["test/x", "-t", "a"] }],
  });
});

test("a first word that is no suite is refused with the list of suites", () => {
  expect(parseSelection(["c", "a"], ["a", "b"])).toEqual({
    fault: 'There is no suite "c"; the suites are: a, b.',
  });
});

test("a suite that runs no test or cannot run is a failure, and the others still run", async () => {
  const suites = {
    empty: async () => ({ passed: 0, failures: [] }),
    absent: commandSuite("no-such-command", []),
    red: commandSuite("sh", ["-c", "exit 3"]),
    green: commandSuite("true", []),
  };
  const selected = Object.keys(suites).map((name) => ({ name, suiteArguments: [] }));
  expect(await runSuites(suites, selected)).toEqual({
    passed: 1,
    failures: [
      "empty: ran no test",
      expect.stringMatching(/^absent: could not run: Command failed with ENOENT: no-such-command/),
      "red: exited with 3",
    ],
  });
});

test("vitest's tests are counted one by one; a skipped one and a file that breaks are failures", async () => {
  const imports = 'import { expect, test } from "vitest";';
  await using folder = await makeFolder({
    "package.json": '{ "type": "module" }',
    "good.test.js": `${imports} test("is green", () => {});`,
    "bad.test.js": `${imports} test("is red", () => expect(1).toBe(2)); test.skip("is left out", () => {});`,
    "broken.test.js": "throw new Error('at import');",
  });
  const { passed, failures } = await vitest(["--root", folder.path], "ignore");
  expect(passed).toBe(1);
  expect(failures.map((failure) => failure.replace(/^.*\//, "")).sort()).toEqual([
    "bad.test.js: is left out (skipped)",
    "bad.test.js: is red\n    AssertionError: expected 1 to be 2 // Object.is equality",
    "broken.test.js: at import",
  ]);
});

test("an error that no test of vitest's caught is a failure", async () => {
  await using folder = await makeFolder({
    "package.json": '{ "type": "module" }',
    "late.test.js": `
      import { test } from "vitest";
      test("is green", () => { setTimeout(() => { throw new Error("late"); }); });
      test("waits", () => new Promise((resolve) => setTimeout(resolve, 100)));`,
  });
  expect(await vitest(["--root", folder.path], "ignore")).toEqual({
    passed: 2,
    failures: ["vitest reports a failure outside the tests"],
  });
});

test("pytest's tests are counted one by one; a skipped one is a failure", async () => {
  await using folder = await makeFolder({
    "test_one.py": [
      "import pytest",
      "def test_green(): pass",
      "def test_red(): assert False",
      "@pytest.mark.skip",
      "def test_left_out(): pass",
    ].join("\n"),
  });
  const suite = pytest(`${home}/venv/bin/pytest`);
  expect(await suite(["--rootdir", folder.path, "-c", "/dev/null", folder.path], "ignore")).toEqual(
    {
      passed: 1,
      failures: ["test_one test_red", "test_one test_left_out (skipped)"],
    },
  );
});
