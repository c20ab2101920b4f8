import { execa } from "execa";
import { expect, test } from "vitest";

/** The libraries that a process loads with a provider's file, less the hook that keeps what it compiles. */
async function librariesOf(file: string): Promise<string[]> {
  const { stderr } = await execa("node", ["--import", `./providers/${file}`, "--eval", ""], {
    env: { NODE_DEBUG_NATIVE: "COMPILE_CACHE" },
  });
  expect(stderr).toContain(`/providers/${file}`);
  const names = [...stderr.matchAll(/node_modules\/((?:@[^/\s]+\/)?[^/\s]+)/g)];
  return [...new Set(names.map(([, name = ""]) => name))].filter((name) => name !== "signal-exit");
}

test.for([
  "ssh-key.impl.ts",
  "nix-build.impl.ts",
  "running-system.impl.ts",
  "sandbox-machine.impl.ts",
])("%s loads no library until it does something", async (file) => {
  expect(await librariesOf(file)).toEqual([]);
});
