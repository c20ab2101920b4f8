import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { faultInMachineName, machinePaths, sandboxHome } from "../../../sandbox/machines/paths.ts";

async function makeHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "paths-"));
  onTestFinished(() => rm(home, { recursive: true }));
  return home;
}

test.each(["a", "web-1", "iplz-local-1", "a".repeat(63)])("%j can be a machine's name", (name) => {
  expect(faultInMachineName(name)).toBeUndefined();
});

test.each([
  "",
  "-a",
  "a-",
  "1a",
  "A",
  "a_b",
  "a.b",
  "a/b",
  "..",
  "a b",
  "a\n",
  "a\0",
  "ä",
  "a".repeat(64),
  undefined,
  7,
])("%j cannot be a machine's name", (name) => {
  expect(faultInMachineName(name)).toBe(
    `${JSON.stringify(name)} cannot be a machine's name: it is a host name of 1 to 63 lower-case ` +
      "letters, digits and hyphens that begins with a letter and does not end with a hyphen.",
  );
});

test("no name makes a path outside of the machines' folder, or an interface name that is too long", async () => {
  const home = await makeHome();
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (name) => {
      const paths = await machinePaths(home, name).catch(() => undefined);
      if (!paths) return;
      expect(paths.folder).toBe(`${home}/machines/${name}`);
      expect(paths.interface).toMatch(/^sb[0-9a-f]{10}$/);
    }),
  );
});

test("the sandbox is in SANDBOX_HOME, or in .sandbox of the working directory", () => {
  const before = process.env.SANDBOX_HOME;
  onTestFinished(() => {
    if (before === undefined) delete process.env.SANDBOX_HOME;
    else process.env.SANDBOX_HOME = before;
  });
  process.env.SANDBOX_HOME = "/somewhere";
  expect(sandboxHome()).toBe("/somewhere");
  delete process.env.SANDBOX_HOME;
  expect(sandboxHome()).toBe(join(process.cwd(), ".sandbox"));
});
