import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { runProcess } from "../../../src/nix/run-process.ts";

const sh = (script: string) => ["-c", script];

test("both streams come without their last newline, and the exit code", async () => {
  expect(await runProcess("sh", sh("echo out; echo err >&2; exit 3"))).toEqual({
    ...{ stdout: "out", stderr: "err", exitCode: 3 },
  });
});

test("a program that a signal ends has no exit code", async () => {
  expect(await runProcess("sh", sh("kill -KILL $$"))).toMatchObject({ exitCode: null });
});

test("variables are added to those of this process, and the folder is the one given", async () => {
  const options = { environment: { ADDED: "yes" }, workingDirectory: "/" };
  const { stdout } = await runProcess("sh", sh('echo "$ADDED $PATH $PWD"'), options);
  expect(stdout).toBe(`yes ${process.env.PATH} /`);
});

test("each line of stderr is told as it comes, and stays if the caller says so", async () => {
  const told: string[] = [];
  const keepStderrLine = (line: string) => told.push(line) !== 2;
  const { stderr } = await runProcess("sh", sh("printf 'a\\nb\\nc' >&2"), { keepStderrLine });
  expect([told, stderr]).toEqual([["a", "b", "c"], "a\nc"]);
});

test("a program that is not there is an error with its code", async () => {
  await expect(runProcess("no-such-program", [])).rejects.toMatchObject({ code: "ENOENT" });
});

test("the program ends when the process that runs it is told to end", async () => {
  const module = new URL("../../../src/nix/run-process.ts", import.meta.url).href;
  const program =
    `const { runProcess } = await import(${JSON.stringify(module)});` +
    'await runProcess("sh", ["-c", "echo $$ >&2; exec sleep 600"],' +
    " { keepStderrLine: (line) => console.log(line) });";
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [pid] = await once(createInterface({ input: parent.stdout }), "line");
  parent.kill("SIGTERM");
  await once(parent, "exit");
  await expect.poll(() => isRunning(Number(pid)), { timeout: 30_000 }).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
