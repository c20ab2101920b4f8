import { realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";

test("the process for dynamic resources says what to do where no package is installed", async () => {
  const launcher = resolve("providers/bin/pulumi-resource-pulumi-nodejs");
  const { exitCode, stderr } = await execa(launcher, ["127.0.0.1:1"], {
    cwd: tmpdir(),
    reject: false,
  });
  const folder = await realpath(tmpdir());
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: `@pulumi/pulumi is not installed in ${folder}; run \`npm ci\` there.`,
  });
});
