import { execa } from "execa";
import { expect, test } from "vitest";

test("a stack that is not there is named, with how to make it", async () => {
  const { exitCode, stderr } = await execa("sandbox/demo", ["no-such-stack"], {
    reject: false,
    stdin: "ignore",
  });
  expect([exitCode, stderr.split("\n").at(-1)]).toEqual([
    1,
    'demo: there is no stack "no-such-stack"; make it with: . sandbox/env && pulumi stack init no-such-stack',
  ]);
});

test("more than one stack is refused before anything is done", async () => {
  const { exitCode, all } = await execa("sandbox/demo", ["dev", "prod"], {
    all: true,
    reject: false,
    stdin: "ignore",
  });
  expect([exitCode, all]).toEqual([1, "demo: it takes one stack at most, but was given: dev prod"]);
});
