import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createMachine, type Machine } from "../../../sandbox/machines/machine.ts";
import {
  copyInput,
  type KeylessCopyRequest,
  requestIn,
} from "../../../src/deployment/copy-input.ts";
import { serveAgent } from "../../../src/ssh/agent.ts";
import { makeTestHome, type TestHome } from "../../sandbox/machines/test-home.ts";

// The command of a copy as the engine's plugin runs it; what becomes of one that fails is told by
// copy-to-machine.test.ts, and by the tests of faults.
let at: TestHome;
let machine: Machine;
let request: KeylessCopyRequest;
beforeAll(async () => {
  at = await makeTestHome();
  machine = await createMachine(at.home, "copy-command", at.seed);
  const { privateKey, ...endpoint } = at.targetOf(machine.address);
  const agent = join(at.home, "agent");
  await serveAgent(agent, { privateKey: Promise.resolve(privateKey) });
  request = {
    ...endpoint,
    agentSocket: relative(process.cwd(), agent),
    substituteOnDestination: false,
    compress: true,
    connectTimeoutSeconds: 60,
    stack: "iplz/test",
  };
});
afterAll(() => at[Symbol.asyncDispose]());

/** Temporary files of the copies; and a folder for programs that they find first. */
let scratch: string;
let programs: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "copies-"));
  programs = await mkdtemp(join(tmpdir(), "programs-"));
});
afterEach(async () => {
  for (const folder of [scratch, programs]) await rm(folder, { recursive: true });
});

function copy(target: string, changes: Partial<KeylessCopyRequest> = {}) {
  return execa("bash", ["src/deployment/copy-closure.sh", target], {
    input: copyInput({ ...request, ...changes }),
    env: { TMPDIR: scratch, PATH: `${programs}${delimiter}${process.env.PATH}` },
    reject: false,
  });
}

/** Has the copies find a program that does this. */
async function put(name: string, script: string): Promise<void> {
  await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(programs, name), 0o755);
}

/** While the work lasts, what is sent to the machine goes at an eighth of a megabyte a second. */
async function slowly<T>(work: () => Promise<T>): Promise<T> {
  const { stdout: route } = await execa("ip", ["route", "get", machine.address]);
  const device = /dev (\S+)/.exec(route)?.[1] ?? "";
  const shape = ["rate", "1mbit", "burst", "32kb", "latency", "400ms"];
  await execa("tc", ["qdisc", "add", "dev", device, "root", "tbf", ...shape]);
  try {
    return await work();
  } finally {
    await execa("tc", ["qdisc", "del", "dev", device, "root"]);
  }
}

function addBig(name: string): Promise<string> {
  const content = randomBytes(1.5 * 2 ** 20).toString("base64");
  return at.addSystem(`${name}-${process.pid}`, undefined, { content });
}

const isWhole = (path: string) =>
  at.ssh(machine.address, `nix-store --verify-path ${path} && echo whole`);

test("the request comes back out of the input", () => {
  const { agentSocket: _, ...asked } = { ...request, nixOptions: { note: "two\n\nlines" } };
  for (const request of [asked, { ...asked, agentSocket: ".nix/agents/0" }])
    expect(requestIn(copyInput(request))).toEqual(request);
});

test("a copy that goes well at once takes no Node.js, leaves no file, and is kept there", async () => {
  await put("node", "echo Node.js was started >&2; exit 1");
  const system = await at.addSystem(`with+and=in-its-name-${process.pid}`);
  const copied = await copy(system);
  expect(copied).toMatchObject({ exitCode: 0, stderr: "", stdout: "copied 1 of 1 paths" });
  expect(await isWhole(system)).toBe("whole");
  const root = "/nix/var/nix/gcroots/copied-by-iplz-test";
  expect(await at.ssh(machine.address, `readlink ${root}`)).toBe(system);
  expect(await copy(system)).toMatchObject({ exitCode: 0, stderr: "", stdout: "" });
  expect(await readdir(scratch)).toEqual([]);
});

test("a copy that takes long tells how far it is, and how far it came", async () => {
  const system = await addBig("slow");
  const { exitCode, stdout, stderr } = await slowly(() => copy(system));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const lines = stdout.split("\n");
  expect(lines.length).toBeGreaterThan(1);
  expect(lines[0]).toMatch(/^copied (.* \()?0 of 1 paths\)?$/);
  expect(lines.at(-1)).toMatch(/^copied (2\.\d of )?2\.\d MiB \(1 of 1 paths\)$/);
  expect(await readdir(scratch)).toEqual([]);
});

test("a copy that is ended ends Nix, and leaves no file", async () => {
  const system = await addBig("ended");
  await put("nix", `echo "$$" >${scratch}/nix; exec sleep 1000`);
  const copying = copy(system);
  let pid = "";
  while (pid === "") {
    pid = await readFile(join(scratch, "nix"), "utf8").then(
      (read) => read.trim(),
      () => "",
    );
  }
  copying.kill("SIGTERM");
  expect((await copying).exitCode).toBe(143);
  // One that has ended has no command line, though it may still be listed.
  const commandLine = () => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  await expect.poll(commandLine, { timeout: 10_000 }).toBe("");
  expect(await readdir(scratch)).toEqual(["nix"]);
});

test("a copy that nothing answers to waits, and then goes on by itself", async () => {
  await mkdir(join(scratch, "tries"));
  const real = (await execa("which", ["nix"])).stdout;
  // As a machine that still boots: the first try is refused.
  await put(
    "nix",
    `rmdir ${scratch}/tries 2>/dev/null && { echo 'ssh: Connection refused' >&2; exit 1; }; exec ${real} "$@"`,
  );
  const system = await at.addSystem(`late-${process.pid}`);
  const copied = await copy(system);
  expect(copied).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await isWhole(system)).toBe("whole");
});

test("a copy that broke after it had begun is told, and not begun anew", async () => {
  const begun = { action: "start", id: 1, type: 103, text: "copying 2 paths", fields: [] };
  const said = { action: "msg", level: 0, msg: "error: the pipe broke" };
  await put(
    "nix",
    `echo once >>${scratch}/tries; ${[begun, said].map((event) => `echo '@nix ${JSON.stringify(event)}' >&2`).join("; ")}; exit 1`,
  );
  const { exitCode, stderr } = await copy(at.seed.system);
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    `Copying ${at.seed.system} to root@${machine.address} port 22 failed: see Nix's own words.\n\n` +
      "error: the pipe broke\n\nMend it, then run `pulumi up` again: it copies what is missing.",
  );
  expect(await readFile(join(scratch, "tries"), "utf8")).toBe("once\n");
  expect(await readdir(scratch)).toEqual(["tries"]);
});
