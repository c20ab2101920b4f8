import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { makeSetupProject, type ScriptProject } from "./setup-project.ts";

test("this computer's own Pulumi is used when it is new enough", async () => {
  await using project = await makeProjectWithOwnPulumi("opt/pulumi/bin", "v3.999.0");
  await execa("ln", ["-s", "../opt/pulumi/bin/pulumi", "bin/pulumi"], { cwd: project.folder });
  expect((await runWithBin(project, "bin")).exitCode).toBe(0);
  expect(await linkTargets(project)).toEqual({
    pulumi: `${project.folder}/opt/pulumi/bin/pulumi`,
    "pulumi-language-nodejs": `${project.folder}/opt/pulumi/bin/pulumi-language-nodejs`,
    "pulumi-resource-pulumi-nodejs": `${project.folder}/opt/pulumi/bin/pulumi-resource-pulumi-nodejs`,
  });
});

test.each([
  ["is too old", "opt/pulumi/bin", "v3.1.0"],
  ["belongs to another checkout", "other/.sandbox/bin", "v3.999.0"],
])("a Pulumi that %s is not used", async (_, folder, version) => {
  await using project = await makeProjectWithOwnPulumi(folder, version);
  const { exitCode } = await runWithBin(project, folder);
  expect([exitCode, await project.lines("asked")]).toEqual([1, ["curl"]]);
});

test("Pulumi's installer is used where it can be reached, and leaves the rest of the computer alone", async () => {
  await using project = await makeProjectWithOwnPulumi("opt/pulumi/bin", "v3.1.0");
  // What the installer does: a folder bin with the CLI in it, below the root that it is given.
  const installer = `
    echo "$@" >arguments
    while [ "$1" != --install-root ]; do shift; done
    cp -r opt/pulumi/bin "$2/bin"`;
  await project.write("installer", installer);
  await project.write(
    "bin/curl",
    '#!/bin/sh\nwhile [ "$1" != --output ]; do shift; done\ncp installer "$2"\n',
    0o755,
  );
  expect((await runWithBin(project, "bin")).exitCode).toBe(0);
  const home = `${project.folder}/.sandbox`;
  expect(await project.lines("arguments")).toEqual([
    `--version ${await pinnedVersion()} --install-root ${home}/pulumi.partial --no-edit-path`,
  ]);
  expect(await linkTargets(project)).toEqual({
    pulumi: `${home}/pulumi/bin/pulumi`,
    "pulumi-language-nodejs": `${home}/pulumi/bin/pulumi-language-nodejs`,
    "pulumi-resource-pulumi-nodejs": `${home}/pulumi/bin/pulumi-resource-pulumi-nodejs`,
  });
});

/** The real step `pulumi`, a Pulumi in a folder, and no way to another one. */
async function makeProjectWithOwnPulumi(folder: string, version: string) {
  const project = await makeSetupProject();
  await project.write(
    "sandbox/steps/pulumi.bash",
    await readFile("sandbox/steps/pulumi.bash", "utf8"),
  );
  await project.write(`${folder}/pulumi`, `#!/bin/sh\necho ${version}\n`, 0o755);
  for (const name of ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]) {
    await project.write(`${folder}/${name}`, "#!/bin/sh\n", 0o755);
  }
  await project.write("bin/curl", "#!/bin/sh\necho curl >>asked; exit 6\n", 0o755);
  await project.write("bin/go", "#!/bin/sh\nexit 1\n", 0o755);
  return project;
}

async function pinnedVersion(): Promise<string | undefined> {
  const modules = await readFile("sandbox/pulumi-cli/go.mod", "utf8");
  return /pulumi\/pkg\/v3 v(\S+)/.exec(modules)?.[1];
}

function runWithBin({ folder, run }: ScriptProject, bin: string) {
  const path = [join(folder, bin), join(folder, "bin"), "/usr/bin", "/bin"].join(":");
  return run("setup", [], { env: { PATH: path } });
}

async function linkTargets({ folder }: ScriptProject) {
  const bin = join(folder, ".sandbox/bin");
  const names = await readdir(bin);
  const entries = names.map(async (name) => [name, await readlink(join(bin, name))] as const);
  return Object.fromEntries(await Promise.all(entries));
}
