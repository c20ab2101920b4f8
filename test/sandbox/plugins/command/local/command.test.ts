import { createHash } from "node:crypto";
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  makeAssetArchive,
  makeFileAsset,
  makeSecret,
  type Properties,
} from "../../../../../sandbox/plugins/lib/property-values.ts";
import { isRunning, messageOf } from "../operation.ts";
import { type CommandProvider, type Operation, startProvider } from "../provider.ts";

const resource = { type: "command:local:Command", name: "job" };
let dir: string;
let provider: CommandProvider;
let operation: Operation;

beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.stop());

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), "command-")));
  operation = provider.record();
});
afterEach(() => rm(dir, { recursive: true }));

const create = (inputs: Properties) =>
  provider.create(resource, { dir, addPreviousOutputInEnv: true, ...inputs }, operation);

describe("create", () => {
  it("gives the inputs and what the command printed, and shows it line by line", async () => {
    const { id, outputs } = await create({ create: "pwd; echo err >&2" });
    expect(id).toMatch(/^job[0-9a-f]{8}$/);
    expect(outputs).toEqual({
      dir,
      addPreviousOutputInEnv: true,
      create: "pwd; echo err >&2",
      stdout: dir,
      stderr: "err",
    });
    expect(operation.lines.sort()).toEqual([`status info: ${dir}`, "status info: err"].sort());
  });

  it("does nothing without a command", async () => {
    const { outputs } = await create({ delete: "touch deleted" });
    expect(outputs).toMatchObject({ stdout: "", stderr: "" });
  });

  it("passes variables, standard input and the interpreter's arguments as they are", async () => {
    const value = `'"$HOME" \`id\` \\ ü\n*`;
    const { outputs } = await create({
      interpreter: ["/bin/sh", "-c", 'printf "%s|" "$0" "$VALUE"; cat'],
      create: value,
      environment: { VALUE: value },
      stdin: value,
    });
    expect(outputs.stdout).toBe(`${value}|${value}|${value}`);
  });

  it("gives an empty standard input where there is none", async () => {
    expect((await create({ create: "cat" })).outputs.stdout).toBe("");
  });

  it("keeps the markers of secret inputs in the outputs", async () => {
    const environment = makeSecret({ TOKEN: "hunter2" });
    const { outputs } = await create({ create: "true", environment });
    expect(outputs.environment).toEqual(environment);
  });
});

describe("a command that fails", () => {
  it("is named with its exit status and all that it printed", async () => {
    expect(await messageOf(create({ create: "echo out; echo err >&2; exit 3" }))).toMatch(
      /^exit status 3: running "echo out; echo err >&2; exit 3":\n(out\nerr|err\nout)\n$/,
    );
  });

  it("shows no secret", async () => {
    const message = await messageOf(
      create({
        create: makeSecret("echo $TOKEN; cat; exit 1"),
        environment: { TOKEN: makeSecret("hunter2"), PLAIN: "x" },
        stdin: makeSecret('"quoted"\n'),
      }),
    );
    expect(message).toBe('exit status 1: running "[secret]":\n[secret]\n[secret]');
  });

  it("is named with the signal that ended it", async () => {
    expect(await messageOf(create({ create: "kill -KILL $$" }))).toBe(
      'signal: killed: running "kill -KILL $$":\n',
    );
  });

  it("is told apart from an interpreter that is not there", async () => {
    expect(await messageOf(create({ interpreter: ["/no/such"], create: "x" }))).toBe(
      'fork/exec /no/such: no such file or directory: running "x":\n',
    );
  });

  it("is told apart from a folder that is not there", async () => {
    expect(await messageOf(create({ dir: "/no/such", create: "true" }))).toBe(
      'stat /no/such: no such file or directory: running "true":\n',
    );
  });
});

describe("update and delete", () => {
  const state = { create: "echo one", stdout: "one", stderr: "", addPreviousOutputInEnv: true };
  const say = "echo was $PULUMI_COMMAND_STDOUT";

  it("runs update, which sees what the command before it printed", async () => {
    const inputs = { create: "echo two", update: say, addPreviousOutputInEnv: true };
    expect(await provider.update(resource, state, inputs, operation)).toEqual({
      ...inputs,
      stdout: "was one",
      stderr: "",
    });
  });

  it("hides what the command before it printed where that is not wanted", async () => {
    const inputs = { update: say, addPreviousOutputInEnv: false };
    const outputs = await provider.update(resource, state, inputs, operation);
    expect(outputs.stdout).toBe("was");
  });

  it("runs create where there is no update", async () => {
    const inputs = { create: "echo two", addPreviousOutputInEnv: true };
    const outputs = await provider.update(resource, state, inputs, operation);
    expect(outputs.stdout).toBe("two");
  });

  it("keeps the outputs where there is neither", async () => {
    const outputs = await provider.update(resource, state, { delete: "true" }, operation);
    expect(outputs).toEqual({ delete: "true", stdout: "one", stderr: "" });
  });

  it("runs delete with what the state holds", async () => {
    const command = `printf "%s" "$PULUMI_COMMAND_STDOUT" > deleted`;
    await provider.remove(resource, { ...state, dir, delete: command });
    expect(await readFile(join(dir, "deleted"), "utf8")).toBe("one");
  });
});

describe("assets", () => {
  const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

  it("gives the files that the patterns name, by path and content", async () => {
    await writeFile(join(dir, "skipped.md"), "");
    const { outputs } = await create({
      create: "mkdir sub; printf a > a.txt; printf b > sub/b.txt",
      assetPaths: ["**.txt"],
      archivePaths: ["*.txt"],
    });
    const a = makeFileAsset(join(dir, "a.txt"), hashOf("a"));
    const b = makeFileAsset(join(dir, "sub/b.txt"), hashOf("b"));
    expect(outputs.assets).toEqual({ "a.txt": a, "sub/b.txt": b });
    const contents = JSON.stringify([["a.txt", hashOf("a")]]);
    expect(outputs.archive).toEqual(makeAssetArchive({ "a.txt": a }, hashOf(contents)));
  });
});

describe("cancel", () => {
  it("ends the command and its own children", async () => {
    const own = await startProvider();
    const started = own.record();
    const inputs = { create: "sleep 300 & echo $!; wait" };
    const running = messageOf(own.create(resource, inputs, started));
    const pid = await started.firstMessage;
    await own.cancel();
    expect(await running).toBe(`cancelled: running "sleep 300 & echo $!; wait":\n${pid}\n`);
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
    await own.stop();
  });
});

describe("run", () => {
  it("gives its arguments and what the command printed", async () => {
    const args = { command: "echo $A", environment: { A: "b" } };
    expect(await provider.invoke("command:local:run", args)).toEqual({
      failures: [],
      outputs: { ...args, addPreviousOutputInEnv: true, stdout: "b", stderr: "" },
    });
  });

  it("refuses what it does not know, and runs nothing", async () => {
    const { failures } = await provider.invoke("command:local:run", {
      command: `touch ${dir}/ran`,
      create: "x",
    });
    expect(failures.map(({ property }) => property)).toEqual(["create"]);
    await expect(readFile(join(dir, "ran"))).rejects.toThrow("ENOENT");
  });

  it("is the only function", async () => {
    expect(await messageOf(provider.invoke("command:local:runs", {}))).toBe(
      "unknown function command:local:runs; there is command:local:run",
    );
  });
});
