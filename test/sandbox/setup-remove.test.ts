import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { makeScriptProject } from "./setup-project.ts";

const stateWithAws = JSON.stringify({
  checkpoint: { resources: [{ type: "aws:s3/bucket:Bucket" }] },
});

test("the folder goes, and so do the garbage collection roots of its stacks", async () => {
  await using project = await makeScriptProject();
  await project.write(".sandbox/state/.pulumi/stacks/iplz/local.json", "{}");
  await project.write(".nix/gcroots/local/system", "");
  await project.write(".nix/gcroots/prod/system", "");
  const { exitCode, all } = await project.run("remove");
  expect([exitCode, all]).toEqual([0, `sandbox/remove: removed ${project.folder}/.sandbox`]);
  expect((await readdir(project.folder)).sort()).toEqual([".nix", "sandbox"]);
  expect(await readdir(join(project.folder, ".nix/gcroots"))).toEqual(["prod"]);
});

test("a half-made setup goes, and a second run finds nothing", async () => {
  await using project = await makeScriptProject();
  await project.write(".sandbox/root.partial/etc/passwd", "");
  expect((await project.run("remove")).exitCode).toBe(0);
  const { exitCode, all } = await project.run("remove");
  expect([exitCode, all]).toEqual([0, "sandbox/remove: there is nothing to remove"]);
});

test("nothing is deleted while something is mounted in it", async () => {
  await using project = await makeScriptProject();
  const mounted = join(project.folder, ".sandbox/machines-of-old/one");
  await mkdir(mounted, { recursive: true });
  await execa("mount", ["-t", "tmpfs", "none", mounted]);
  try {
    await project.write(".sandbox/machines-of-old/one/precious", "");
    const { exitCode, all } = await project.run("remove");
    expect([exitCode, all]).toEqual([
      1,
      `sandbox/remove: these are still mounted; unmount them and run this again:\nsandbox/remove: ${mounted}`,
    ]);
    expect(await readdir(mounted)).toEqual(["precious"]);
  } finally {
    await execa("umount", [mounted]);
  }
});

test("it refuses while setup runs", async () => {
  await using project = await makeScriptProject();
  await project.write(".sandbox/lock", "12345\n");
  const { exitCode, all } = await execa(
    "flock",
    [join(project.folder, ".sandbox/lock"), join(project.folder, "sandbox/remove")],
    { all: true, reject: false },
  );
  expect([exitCode, all]).toEqual([
    1,
    "sandbox/remove: setup is running (process 12345);\nsandbox/remove: let it end, or end it, and run this again",
  ]);
});

test("it refuses to forget resources at AWS, unless it is told to", async () => {
  await using project = await makeScriptProject();
  await project.write(".sandbox/state/.pulumi/stacks/iplz/dev.json", stateWithAws);
  const { exitCode, all } = await project.run("remove");
  expect([exitCode, all]).toEqual([
    1,
    [
      'sandbox/remove: the state holds resources at AWS of stack "dev"; nothing was removed',
      "sandbox/remove: destroy them first: . sandbox/env && pulumi destroy --stack dev",
      "sandbox/remove: or forget them: sandbox/remove --force",
    ].join("\n"),
  ]);
  expect((await project.run("remove", ["--force"])).exitCode).toBe(0);
});

test("resources of the sandbox's own AWS go with it", async () => {
  await using project = await makeScriptProject();
  await project.write(".sandbox/state/.pulumi/stacks/iplz/dev.json", stateWithAws);
  await project.write(".sandbox/aws/endpoint", "http://127.0.0.1:1\n");
  expect((await project.run("remove")).exitCode).toBe(0);
});

test("machines are not left behind without Node.js", async () => {
  await using project = await makeScriptProject();
  await project.write(".sandbox/machines/one/machine.json", "{}");
  const { exitCode, all } = await project.run("remove");
  expect([exitCode, all]).toEqual([
    1,
    "sandbox/remove: there are sandbox machines, and it takes Node.js to remove them;\n" +
      `sandbox/remove: there is none at ${project.folder}/node_modules/.bin/node: run \`npm ci\` and then this again`,
  ]);
});

test("a link in the place of the folder is not followed", async () => {
  await using project = await makeScriptProject();
  await project.write("elsewhere/precious", "");
  await symlink(join(project.folder, "elsewhere"), join(project.folder, ".sandbox"));
  const { exitCode, all } = await project.run("remove");
  expect([exitCode, all]).toEqual([
    1,
    `sandbox/remove: ${project.folder}/.sandbox is a link; remove it and its target yourself`,
  ]);
  expect(await readdir(join(project.folder, "elsewhere"))).toEqual(["precious"]);
});

test.each([["--forced"], ["--force", "--force"], ["local"]])(
  "it takes nothing away when it is told %j",
  async (...words) => {
    await using project = await makeScriptProject();
    await project.write(".sandbox/precious", "");
    const { exitCode, all } = await project.run("remove", words);
    expect([exitCode, all]).toEqual([
      1,
      `sandbox/remove: unknown argument "${words.join(" ")}"; the only one there is is "--force"; nothing was removed`,
    ]);
    expect(await readdir(join(project.folder, ".sandbox"))).toEqual(["precious"]);
  },
);
