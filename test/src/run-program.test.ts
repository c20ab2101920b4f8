import { execa } from "execa";
import { expect, test } from "vitest";
import { ProgramFailure, runProgram } from "../../src/run-program.ts";

const shell = (script: string, call = {}) => runProgram("sh", ["-c", script], call);

async function failure(run: Promise<string>): Promise<ProgramFailure> {
  const error = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ProgramFailure);
  return error as ProgramFailure;
}

test("what a program prints comes whole, less the end of its last line", async () => {
  expect(await shell("printf 'a\\n\\nb\\n'")).toBe("a\n\nb");
  const long = await shell("yes 0123456789 | head --bytes 3000000");
  expect(long).toHaveLength(3_000_000);
});

test("a program has nothing to read, the variables and the folder that it is given", async () => {
  const call = { environment: { GIVEN: "yes" }, workingDirectory: "/" };
  expect(await shell('cat; echo "$GIVEN $PWD $HOME"', call)).toBe(`yes / ${process.env.HOME}`);
});

test("lines of stderr come one by one, whatever pieces they are written in", async () => {
  const lines: string[] = [];
  const script =
    "printf 'on' >&2; sleep 0.1; printf 'e\\n\\ntw\\303' >&2; sleep 0.1; printf '\\266' >&2";
  await shell(script, { onStderrLine: (line: string) => lines.push(line) });
  expect(lines).toEqual(["one", "", "twö"]);
});

test("a failure has the command line, the status and the lines that are to be kept", async () => {
  const isKept = (line: string) => !line.startsWith("@");
  const error = await failure(shell('echo @event >&2; echo "it\'s" >&2; exit 3', { isKept }));
  expect(error.message).toBe(
    `sh -c 'echo @event >&2; echo "it'\\''s" >&2; exit 3' exited with status 3.\nit's`,
  );
  expect(error.stderr).toBe("it's");
  expect((await failure(shell("kill -KILL $$"))).message).toMatch(/ was ended by SIGKILL\.$/);
});

test("a program that is not there is told apart", async () => {
  const error = await failure(runProgram("no-such-program", []));
  expect(error.code).toBe("ENOENT");
  expect(error.message).toBe("no-such-program could not be started.");
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "a program ends with the process that started it, by %s",
  async (signal) => {
    const module = JSON.stringify(new URL("../../src/run-program.ts", import.meta.url));
    const script = `import { runProgram } from ${module};
      await runProgram("sh", ["-c", "echo $$ >&2; exec sleep 600"], { onStderrLine: console.log });`;
    const parent = execa("node", ["--input-type=module", "--eval", script], { reject: false });
    let child = 0;
    for await (const line of parent) {
      child = Number(line);
      parent.kill(signal);
    }
    expect((await parent).signal).toBe(signal);
    await expect.poll(() => isAlive(child), { timeout: 30_000 }).toBe(false);
  },
);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
