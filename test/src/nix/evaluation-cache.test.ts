import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test, vi } from "vitest";
import { evaluate } from "../../../src/nix/evaluate.ts";
import { recallOrEvaluate } from "../../../src/nix/evaluation-cache.ts";
import { makeCheckout, shellDerivation } from "../../helpers/flake-checkout.ts";

const outputs = `packages.x86_64-linux.hello = ${shellDerivation("hello", "echo > $out", ["out"])};`;
const flake = `{ outputs = _: { ${outputs} }; }`;

interface Asked {
  readonly folder: string;
  /** How many evaluations there were. */
  readonly count: () => number;
  ask(change?: { flakes?: Record<string, string>; request?: unknown }): Promise<string>;
}

async function ask(files: Record<string, string> = {}, pure = true): Promise<Asked> {
  const { folder, ...made } = await makeCheckout({ "flake.nix": flake, file: "text", ...files });
  onTestFinished(() => made[Symbol.asyncDispose]());
  const plain = await makeCheckout({ "flake.nix": flake });
  onTestFinished(() => plain[Symbol.asyncDispose]());
  const { drvPath, outPath } = await evaluate({ flake: plain.folder, attribute: "hello" });
  let evaluations = 0;
  return {
    folder,
    count: () => evaluations,
    ask: async (change = {}) => {
      const question = { flakes: { "": folder }, request: { a: 1 }, ...change };
      const [description] = await recallOrEvaluate(question, async () => {
        evaluations += 1;
        const paths = {
          drv: drvPath,
          out: outPath,
          outputs: [],
          imageSystem: null,
          imageForm: null,
        };
        return { descriptions: [{ kind: "derivation", ...paths, system: "" }], pure };
      });
      return description?.kind === "derivation" ? description.drv : "";
    },
  };
}

/** Asks until an answer is kept: that happens beside the answer. */
async function untilKept({ ask, count }: Asked): Promise<void> {
  await vi.waitFor(
    async () => {
      const before = count();
      await ask();
      expect(count()).toBe(before);
    },
    { timeout: 60_000, interval: 50 },
  );
}

test("an unchanged tree is not evaluated again, and gives the same answer", async () => {
  const asked = await ask();
  const first = await asked.ask();
  await untilKept(asked);
  await writeFile(join(asked.folder, "untracked"), "Nix does not see it");
  const before = asked.count();
  expect(await asked.ask()).toBe(first);
  expect(asked.count()).toBe(before);
});

test.for<[string, (folder: string) => Promise<unknown>]>([
  ["the content of a file", (folder) => writeFile(join(folder, "file"), "tex!")],
  ["a file that becomes a program", (folder) => chmod(join(folder, "file"), 0o755)],
  ["a file that Git comes to know", (folder) => addFile(folder)],
  ["a commit", (folder) => commit(folder)],
])("it is evaluated again after a change of %s", async ([, change]) => {
  const asked = await ask();
  await untilKept(asked);
  const before = asked.count();
  await change(asked.folder);
  await asked.ask();
  expect(asked.count()).toBe(before + 1);
});

async function addFile(folder: string): Promise<void> {
  await writeFile(join(folder, "new"), "");
  await execa("git", ["add", "new"], { cwd: folder });
}

async function commit(cwd: string): Promise<void> {
  const author = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  await execa("git", [...author, "commit", "--quiet", "--message", "test"], { cwd });
}

test("another request is another question", async () => {
  const asked = await ask();
  await untilKept(asked);
  const before = asked.count();
  await asked.ask({ request: { a: 2 } });
  expect(asked.count()).toBe(before + 1);
});

test("a flake that replaces an input counts as the flake itself does, times included", async () => {
  const asked = await ask();
  const other = await makeCheckout({ "flake.nix": flake });
  onTestFinished(() => other[Symbol.asyncDispose]());
  const flakes = { "": asked.folder, input: `path:${other.folder}` };
  await untilKept({ ...asked, ask: () => asked.ask({ flakes }) });
  const before = asked.count();
  await writeFile(join(other.folder, "flake.nix"), flake);
  await asked.ask({ flakes });
  expect(asked.count()).toBe(before + 1);
});

test.for<[string, string, boolean]>([
  ["of a flake with an input that no lock file names", "path:/nonexistent", true],
  ["that was not pure", "", false],
])("an answer is not kept %s", async ([, input, pure]) => {
  const inputs = input && `inputs.some.url = "${input}";`;
  const asked = await ask({ "flake.nix": `{ ${inputs} outputs = _: { ${outputs} }; }` }, pure);
  await expect(untilKeptWithin(asked, 3)).resolves.toBe(false);
});

/** Whether one of so many askings, each a while after the other, is answered without evaluating. */
async function untilKeptWithin({ ask, count }: Asked, times: number): Promise<boolean> {
  for (let asking = 1; asking <= times; asking++) {
    await ask();
    if (count() < asking) return true;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return false;
}

test("a branch somewhere else is asked for each time", async () => {
  const asked = await ask();
  const flakes = { "": "github:owner/repository/main" };
  expect(await asked.ask({ flakes })).toBe(await asked.ask({ flakes }));
  expect(asked.count()).toBe(2);
});
