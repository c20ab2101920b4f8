import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";

test("the second run of a program compiles nothing, and does not load what takes types away", async () => {
  const folder = await mkdtemp(join(tmpdir(), "compiled-"));
  try {
    const file = pathToFileURL(resolve("src/config/rollout.ts"));
    const program = `await import("${file}"); console.log(process.moduleLoadList.join(" "))`;
    const run = () =>
      execa(
        "node",
        ["--import", resolve("src/compile-cache.js"), "--input-type=module", "--eval", program],
        { cwd: folder, env: { NODE_COMPILE_CACHE: undefined, NODE_DEBUG_NATIVE: "COMPILE_CACHE" } },
      );
    expect((await run()).stdout).toContain("internal/deps/amaro");

    const { stdout, stderr } = await run();
    expect(stdout).not.toContain("internal/deps/amaro");
    expect(stderr).toMatch(/zod\/\S+ was accepted/);
    expect(stderr).not.toMatch(/was not initialized|was rejected/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
