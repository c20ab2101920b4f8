import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as sshKey from "../../providers/ssh-key.impl.ts";
import { answerOf, hostKeyOf, machinesOf, runOn } from "./machines.ts";
import { makeProject, type Project } from "./project.ts";
import { toldIn } from "./told.ts";

function setBuild({ stack }: Project, path: string, value: string): Promise<void> {
  return stack.setConfig(`iplz:build.${path}`, { value }, true);
}

async function addBuilder(project: Project, privateKey: string): Promise<void> {
  const keyFile = join(project.folder, ".state/builder key");
  await writeFile(keyFile, privateKey, { mode: 0o600 });
  const [machine] = await machinesOf(project);
  await setBuild(project, "builders[0].address", machine?.address ?? "");
  await setBuild(project, "builders[0].hostPublicKey", await hostKeyOf(project));
  await setBuild(project, "builders[0].keyFile", ".state/builder key");
}

async function urnOf(end: string, { stack }: Project): Promise<string> {
  const { deployment } = await stack.exportStack();
  return deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith(end)).urn;
}

/** The number of builds in the logs of a machine's Nix. */
async function buildsOn(project: Project, privateKey: string, number: number): Promise<number> {
  return Number(
    await runOn(project, "find /nix/var/log/nix/drvs -type f | wc -l", privateKey, number),
  );
}

/** What a preview tells but of the copy, which sends something else where machines build. */
async function previewOf(project: Project, on: string) {
  await setBuild(project, "on", on);
  const { steps, output, error } = await project.preview();
  const told = toldIn(output).toSorted();
  const isCopy = (line: string) => line.startsWith("to copy: ");
  return {
    steps,
    error,
    told: told.filter((line) => !isCopy(line)),
    copies: told.filter(isCopy).map((line) => line.replace(/[\d.]+ [KM]iB/, "SIZE")),
  };
}

/** What kinds of things a run told of. */
function labelsOf({ output }: { readonly output: string }) {
  return toldIn(output)
    .map((line) => line.split(":")[0])
    .toSorted();
}

test("wherever it is built, a preview tells the same and an up makes the same", async () => {
  const user = await sshKey.create({});
  const { privateKey } = user.outs;
  await using project = await makeProject({
    "iplz:count": { value: "2" },
    "iplz:privateKey": { value: privateKey, secret: true },
  });
  expect((await project.up()).error).toBeUndefined();
  const edit = (from: string, to: string) =>
    project.edit("app/src/iplz/__init__.py", `"""${from}`, `"""${to}`);
  const deploys = {
    "Build system": "update",
    "Command machine-1-copy": "update",
    "Command machine-1-activation": "update",
    "Command machine-2-copy": "update",
    "Command machine-2-activation": "update",
  };

  await edit("", `First ${project.stackName}. `);
  const here = await previewOf(project, "deployer");
  expect(here.steps).toEqual(deploys);
  expect(here.told).toHaveLength(4);
  const there = await previewOf(project, "machine");
  expect({ ...there, copies: [] }).toEqual({ ...here, copies: [] });
  const sent = expect.stringMatching(
    /^to copy: at most SIZE \(\d+ derivations and sources, to build there\)$/,
  );
  expect(there.copies).toEqual([sent, sent]);

  const byMachines = await project.up();
  expect(byMachines.error).toBeUndefined();
  expect(byMachines.steps).toEqual(deploys);
  expect(labelsOf(byMachines)).toEqual([
    "closure",
    "rebuilt, same version",
    ...["to copy", "to copy"],
    "units that restart",
  ]);
  const [first, second] = await machinesOf(project);
  expect(first?.system).toBe(second?.system);
  expect(existsSync(first?.system ?? "")).toBe(false);
  for (const number of [1, 2]) {
    expect(await runOn(project, "readlink /run/current-system", privateKey, number)).toBe(
      first?.system,
    );
    expect(await buildsOn(project, privateKey, number)).toBeGreaterThanOrEqual(6);
  }
  expect(await answerOf(second)).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);
  expect((await project.preview()).steps).toEqual({});
  expect((await project.refresh()).steps).toEqual({});

  // The application fails its own tests; nothing is copied or activated.
  await project.edit("app/src/iplz/__init__.py", "create_app()", "create_app(no_such_argument=1)");
  const broken = await project.up();
  expect(broken.error).toMatch(
    /Building \S+ on root@\S+ port 22 failed: \S+-python3-iplz-0\.1\.0\.drv\n(.*\n)*.*The whole log, on that machine: nix log \S+\n *Mend it, then run `pulumi up` again/,
  );
  expect(broken.steps).toEqual({ "Build system": "update" });
  expect(await answerOf(second)).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);

  // Mended, while another machine takes the first one's place, and so builds for all.
  await project.edit("app/src/iplz/__init__.py", "create_app(no_such_argument=1)", "create_app()");
  await edit("First", "Mended");
  const replaced = await project.up({
    replace: [await urnOf("::machine-1-host-key", project)],
  });
  expect(replaced.error).toBeUndefined();
  expect(replaced.steps).toMatchObject({
    "Machine machine-1": "replace",
    "Build system": "update",
    "Command machine-2-copy": "update",
  });
  const [fresh] = await machinesOf(project);
  expect(fresh?.system).not.toBe(first?.system);
  for (const number of [1, 2]) {
    const running = await runOn(project, "readlink /run/current-system", privateKey, number);
    expect(running).toBe(fresh?.system);
    expect(await buildsOn(project, privateKey, number)).toBeGreaterThanOrEqual(6);
  }
  expect(existsSync(fresh?.system ?? "")).toBe(false);
  expect((await project.preview()).steps).toEqual({});

  await edit("Mended", "Second");
  await addBuilder(project, privateKey);
  const builders = await previewOf(project, "builders");
  expect(builders.steps).toEqual(deploys);
  const byBuilders = await project.up();
  expect(byBuilders.error).toBeUndefined();
  expect(byBuilders.steps).toEqual(deploys);
  expect(labelsOf(byBuilders)).toEqual(labelsOf(byMachines));
  expect(byBuilders.events).toMatch(
    new RegExp(`building \\S+ \\(1 of 6\\) on root@${fresh?.address.replaceAll(".", "\\.")}\\b`),
  );
  const [third] = await machinesOf(project);
  expect(existsSync(third?.system ?? "")).toBe(true);
  expect(await runOn(project, "readlink /run/current-system", privateKey, 2)).toBe(third?.system);

  await project.stack.removeConfig("iplz:build");
  expect((await project.preview()).steps).toEqual({});
  const secretLine = privateKey.split("\n")[2] ?? "";
  expect(await project.readState()).not.toContain(secretLine);
});
