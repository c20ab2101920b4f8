import { writeFileSync } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { watchPrograms } from "../helpers/watched-programs.ts";
import { makeSetupProject, type RunningScript, type ScriptProject } from "./setup-project.ts";

const all = [
  "aws",
  "npm",
  "nixpkgs",
  "packages",
  "plugins",
  "pulumi",
  "root",
  "stack",
  "wheels",
].sort();

/** For a step that others must not be cut off by. */
const untilDone = (count: number) =>
  `until (($(find "$SANDBOX_HOME/steps" -type f | wc -l) == ${count})); do sleep 0.1; done`;

/** For a step that goes on until {@link untilTold} has seen its text. */
const whileUntold = "until [[ -e told ]]; do sleep 0.1; done";

/** Waits for the end of a script whose steps wait until it has printed the text. */
async function untilTold(run: RunningScript, text: RegExp, { folder }: ScriptProject) {
  let printed = "";
  run.all?.on("data", (some: Buffer) => {
    printed += some;
    if (text.test(printed)) writeFileSync(join(folder, "told"), "");
  });
  return run;
}

/** But for what a setup says of steps that take a while, as every one does on a busy computer. */
const withoutProgress = (output: unknown) => String(output).replaceAll(/^setup: {2,}.*\n/gm, "");

const ran = async (project: ScriptProject) => (await project.lines("ran")).sort();

test("every step runs once, and a second run says and does nothing", async () => {
  await using project = await makeSetupProject();
  const first = await project.run("setup");
  expect([first.exitCode, withoutProgress(first.all)]).toEqual([
    0,
    expect.stringMatching(/^setup: ready after \d+s$/),
  ]);
  expect(await ran(project)).toEqual(all);

  const second = await project.run("setup");
  expect([second.exitCode, second.all]).toEqual([0, ""]);
  expect(await ran(project)).toEqual(all);
});

test("setup of this checkout is done, and finding so asks Go once and no other tool", async () => {
  const tools = ["apt-get", "curl", "debootstrap", "dpkg", "git", "go", "node", "npm", "pip3"];
  await using programs = await watchPrograms(tools);
  const run = await execa("sandbox/setup", { all: true, env: { PATH: programs.path } });
  expect(run.all).toBe("");
  expect(await programs.read()).toEqual([expect.stringMatching(/^go env /)]);
});

test("a step runs again when its inputs have changed, and no other does", async () => {
  await using project = await makeSetupProject({}, { wheels: "cat list" });
  await project.write("list", "one");
  await project.run("setup");
  await project.write("list", "two");
  await project.run("setup");
  expect(await ran(project)).toEqual([...all, "wheels"].sort());
});

test("a step runs again when its result is gone", async () => {
  await using project = await makeSetupProject();
  await project.run("setup");
  await execa("rm", [join(project.folder, ".sandbox/made-root")]);
  await project.run("setup");
  expect(await ran(project)).toEqual([...all, "root"].sort());
});

test("steps run side by side, each after what it needs", async () => {
  await using project = await makeSetupProject({
    // Each waits for the other, so they end only side by side.
    npm: 'mkfifo "$SANDBOX_HOME/meet" 2>/dev/null || :; timeout 60 cat "$SANDBOX_HOME/meet"',
    pulumi:
      'mkfifo "$SANDBOX_HOME/meet" 2>/dev/null || :; timeout 60 tee "$SANDBOX_HOME/meet" </dev/null',
  });
  expect((await project.run("setup")).exitCode).toBe(0);
  const order = await project.lines("ran");
  const isBefore = (first: string, second: string) => order.indexOf(first) < order.indexOf(second);
  expect([
    isBefore("packages", "root"),
    isBefore("wheels", "nixpkgs"),
    isBefore("npm", "plugins"),
    isBefore("pulumi", "stack"),
  ]).toEqual([true, true, true, true]);
});

test("without Go, the plugins come after the CLI that fetches one of them", async () => {
  await using project = await makeSetupProject({ pulumi: "sleep 1" });
  await project.write("bin/go", "#!/bin/sh\nexit 1\n", 0o755);
  const env = { PATH: `${project.folder}/bin:${process.env.PATH}` };
  expect((await project.run("setup", [], { env })).exitCode).toBe(0);
  const order = await project.lines("ran");
  expect(order.indexOf("pulumi")).toBeLessThan(order.indexOf("plugins"));
});

test("a step that takes more than two seconds says what it is at and how long it took", async () => {
  await using project = await makeSetupProject({
    root: `progress "unpacking"; ${whileUntold}; sleep 2`,
  });
  const { all: output } = await untilTold(project.run("setup"), /root +unpacking$/m, project);
  expect(output).toMatch(/^setup: +\d+s {2}root {10}unpacking$/m);
  expect(output).toMatch(/^setup: +\d+s {2}root {10}done in \d+s$/m);
});

test("a step that fails shows its last lines and what to do, and ends the others", async () => {
  await using project = await makeSetupProject({
    root: "echo first; echo second; false",
    pulumi: "sleep 60",
  });
  const { exitCode, all: output } = await project.run("setup");
  expect([exitCode, withoutProgress(output)]).toEqual([
    1,
    [
      "setup: root failed; the last lines of .sandbox/log/root.log:",
      "    first",
      "    second",
      "setup: mend root",
      "setup: then run it again; it carries on from here",
    ].join("\n"),
  ]);
});

test("after a failure, a run does only what is left", async () => {
  await using project = await makeSetupProject({ stack: `${untilDone(8)}; [[ -e mended ]]` });
  expect((await project.run("setup")).exitCode).toBe(1);
  await project.write("mended", "");
  expect((await project.run("setup")).exitCode).toBe(0);
  expect(await ran(project)).toEqual(all);
});

test("a step that is killed is a failure", async () => {
  await using project = await makeSetupProject({ root: "kill -KILL $BASHPID" });
  const { exitCode, all: output } = await project.run("setup");
  expect([exitCode, withoutProgress(output)]).toEqual([
    1,
    expect.stringMatching(/^setup: root failed.*something ended it from outside/ms),
  ]);
});

test("Ctrl-C ends the steps with all that they started, and the next run carries on", async () => {
  await using project = await makeSetupProject({
    pulumi: `[[ -e second ]] || { ${untilDone(7)}; echo $BASHPID >started; sleep 60 | cat; }`,
  });
  const first = project.run("setup");
  await expect.poll(() => project.lines("started"), { timeout: 60_000 }).toHaveLength(1);
  const [pid] = await project.lines("started");
  first.kill("SIGINT");
  const { exitCode, all: output } = await first;
  expect([exitCode, withoutProgress(output)]).toEqual([
    130,
    "setup: interrupted; run it again and it carries on from here",
  ]);
  expect(await isRunning(Number(pid))).toBe(false);

  await project.write("second", "");
  expect((await project.run("setup")).exitCode).toBe(0);
  expect(await ran(project)).toEqual(all);
});

test("Ctrl-C kills what does not end by itself within five seconds", async () => {
  await using project = await makeSetupProject({
    pulumi: "sh -c 'trap \"\" TERM; echo $$ >started; while :; do sleep 1; done'",
  });
  const run = project.run("setup");
  await expect.poll(() => project.lines("started"), { timeout: 60_000 }).toHaveLength(1);
  const [pid] = await project.lines("started");
  run.kill("SIGINT");
  expect((await run).exitCode).toBe(130);
  await expect.poll(() => isRunning(Number(pid)), { timeout: 60_000 }).toBe(false);
});

test("after a kill, the next run waits for the steps left behind and uses what they made", async () => {
  await using project = await makeSetupProject({ pulumi: `touch started; ${whileUntold}` });
  const first = project.run("setup");
  await expect.poll(() => exists(join(project.folder, "started")), { timeout: 60_000 }).toBe(true);
  first.kill("SIGKILL");

  const second = await untilTold(project.run("setup"), /another setup runs/, project);
  expect([second.exitCode, second.all]).toEqual([
    0,
    expect.stringMatching(/^setup: another setup runs \(process \d+\); waiting for it to end\n/),
  ]);
  expect(await ran(project)).toEqual(all);
});

test("two at once do each step once", async () => {
  await using project = await makeSetupProject({ root: "sleep 1" });
  const runs = await Promise.all([project.run("setup"), project.run("setup")]);
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(await ran(project)).toEqual(all);
});

test("an unknown argument is refused", async () => {
  await using project = await makeSetupProject();
  const { exitCode, all: output } = await project.run("setup", ["test"]);
  expect([exitCode, output]).toEqual([
    1,
    'sandbox/setup: unknown argument "test"; the only one there is is "tests"',
  ]);
});

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "State:\tZ");
  return !/^State:\s+Z/m.test(status);
}
