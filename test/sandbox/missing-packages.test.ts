import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { makeScriptProject } from "./setup-project.ts";

test("a folder of the project is no command, and a path is there or not", async () => {
  await using project = await makeScriptProject();
  await mkdir(join(project.folder, "no-such-command"));
  const script = `
    declare -A package_of=([no-such-command]=first [/no/such/path]=second [sh]=third [/]=fourth)
    source sandbox/steps/lib/packages.bash
    missing_packages`;
  const { stdout } = await execa("bash", ["-c", script], { cwd: project.folder });
  expect(stdout.split("\n")).toEqual(["first", "second"]);
});
