import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMachine, stopMachine } from "../../../sandbox/machines/machine.ts";
import { machinePaths } from "../../../sandbox/machines/paths.ts";
import { runAndKillAtCommand } from "./dying-commands.ts";
import { makeTestHome, type TestHome, tracesOf } from "./test-home.ts";

let at: TestHome;
beforeAll(async () => {
  at = await makeTestHome();
});
afterAll(() => at[Symbol.asyncDispose]());

const script = join(import.meta.dirname, "../../../sandbox/machines/remove-all.ts");

async function removeAll(home: string): Promise<string[]> {
  const { stdout } = await execa(process.execPath, [script], { env: { SANDBOX_HOME: home } });
  return stdout.split("\n").sort();
}

test("removes machines that run, that are stopped, and that were never finished", async () => {
  await createMachine(at.home, "running", at.seed);
  await createMachine(at.home, "stopped", at.seed);
  await stopMachine(at.home, "stopped");
  await runAndKillAtCommand(at, ["createMachine", "unfinished"], 3);
  const names = ["running", "stopped", "unfinished"];
  expect(await removeAll(at.home)).toEqual(names.map((name) => `removing sandbox machine ${name}`));
  for (const name of names) expect(await tracesOf(at.home, name)).toEqual([]);
});

test("removes a running machine whose files and base root somebody has removed", async () => {
  await createMachine(at.home, "gutted", at.seed);
  const { record, lower, upper } = await machinePaths(at.home, "gutted");
  for (const path of [record, lower, upper]) await rm(path, { recursive: true });
  expect(await removeAll(at.home)).toEqual(["removing sandbox machine gutted"]);
  expect(await tracesOf(at.home, "gutted")).toEqual([]);
});

test("removes machines of a sandbox within this one, as a killed test run leaves it", async () => {
  const inner = join(at.home, "test-inner");
  await mkdir(inner);
  await symlink(join(at.home, "root"), join(inner, "root"));
  await createMachine(inner, "left", at.seed);
  expect(await removeAll(at.home)).toEqual(["removing sandbox machine left"]);
  expect(await tracesOf(inner, "left")).toEqual([]);
});

test("leaves a folder alone that cannot be a machine's, and is content with no sandbox at all", async () => {
  await mkdir(join(at.home, "machines", "Not-A-Machine"), { recursive: true });
  expect(await removeAll(at.home)).toEqual([""]);
  await rm(join(at.home, "machines", "Not-A-Machine"), { recursive: true });
  expect(await removeAll(join(at.home, "nowhere"))).toEqual([""]);
});
