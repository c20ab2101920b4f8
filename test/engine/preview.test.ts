import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { makeProject, type Project } from "./project.ts";
import { toldIn } from "./told.ts";

/** Runs a step of docs/deploy-workflow.yml as GitHub's runner does. */
async function runStep(name: string, { folder, stack, stackName }: Project): Promise<string> {
  const { jobs } = parse(await readFile("docs/deploy-workflow.yml", "utf8"));
  const step = jobs.deploy.steps.find((each: { name?: string }) => each.name === name);
  const env = { ...stack.workspace.envVars, STACK: stackName };
  const { stdout } = await execa("bash", ["-e", "-c", step.run], { cwd: folder, env });
  return stdout;
}

/** What the CLI writes to its standard output with --json. */
async function inJson(command: "preview" | "up", { folder, stack, stackName }: Project) {
  const options = command === "up" ? ["--yes", "--skip-preview"] : [];
  const { stdout } = await execa("pulumi", [command, "--json", ...options, "--stack", stackName], {
    ...{ cwd: folder, env: stack.workspace.envVars },
  });
  return stdout;
}

interface Diagnostic {
  readonly message: string;
  readonly severity: string;
  /** Whether it tells of progress. */
  readonly ephemeral?: boolean;
}

/** The messages for users in JSON documents: a preview's one, or an event of an up each. */
function messagesOf(
  documents: readonly string[],
  isWanted: (diagnostic: Diagnostic) => boolean | undefined = () => true,
): string[] {
  return documents
    .map((document) => JSON.parse(document))
    .flatMap(({ diagnostics, diagnosticEvent }) => diagnostics ?? diagnosticEvent ?? [])
    .filter((diagnostic) => diagnostic.severity === "info" && isWanted(diagnostic))
    .map(({ message }) => message);
}

test("a preview tells what changes in a system and on its way, and up tells it exactly", async () => {
  await using project = await makeProject();
  const read = (file: string) => readFile(join(project.folder, file), "utf8");
  await project.edit("nix/modules/iplz.nix", 'Type = "exec"', "Type = exec");
  const place = join(project.folder, "nix/modules/iplz.nix");
  expect((await project.preview()).output).toMatch(
    new RegExp(`^ *error: .*: Evaluating the flake . failed at ${place}:64:16: undefined`, "m"),
  );
  await project.edit("nix/modules/iplz.nix", "Type = exec", 'Type = "exec"');
  const first = (await project.preview()).output;
  expect(toldIn(first)).toContainEqual(expect.stringMatching(/^to build: \d+ \(.*nixos-system-/));
  expect(first).toContain("told with another SSH key in place of the stack's own");
  expect((await project.up()).error).toBeUndefined();

  await project.edit("README.md", "\n", "\nA line that no derivation depends on.\n");
  expect(toldIn(await runStep("Preview", project))).toEqual([]);
  expect(await read("change.md")).toBe("No system and no image changes.\n");

  const mark = `One line more, ${project.stackName}. `;
  await project.edit("app/src/iplz/__init__.py", '"""', `"""${mark}`);
  const parts = [
    ...["python3-iplz-0.1.0", "python3-env", "iplz-server", "unit-iplz.service", "etc"],
    "nixos-system-unnamed-sandbox",
  ];
  const planned = toldIn(await runStep("Preview", project));
  expect(planned.toSorted()).toEqual([
    expect.stringMatching(/^closure: [\d.]+ MiB now$/),
    "not built yet: its derivations tell this; `pulumi up` shows the exact difference",
    `to build: 6 (${parts.join(", ")})`,
    expect.stringMatching(
      /^to copy: about [\d.]+ KiB, if what is built is as big as what it replaces$/,
    ),
    "units that restart: iplz.service",
  ]);
  const comment = await read("change.md");
  expect(comment).toMatch(/^### system\n\n- closure: /);
  expect(comment).toMatch(/\n### machine-1\n\n- to copy: about /);

  const exact = ["closure", "rebuilt, same version", "units that restart"];
  const labels = (lines: readonly string[]) => lines.map((line) => line.split(":")[0]);
  const updated = toldIn(await runStep("Update", project));
  expect(labels(updated).toSorted()).toEqual([...exact, "to copy"].toSorted());
  expect(updated).toContain(`rebuilt, same version: ${parts.toSorted().join(", ")}`);
  expect((await project.preview()).steps).toEqual({});

  await project.stack.setConfig("iplz:diffFile", { value: "report/change.json" });
  await project.edit("app/src/iplz/__init__.py", mark, "");
  const foretold = await inJson("preview", project);
  const back = toldIn(messagesOf([foretold]).join(""));
  expect(labels(back).toSorted()).toEqual([...exact, "to copy"].toSorted());
  const told = await read("report/change.json");
  expect(JSON.parse(told)).toMatchObject({
    systems: [
      {
        name: "system",
        difference: {
          kind: "exact",
          packages: { changed: [], rebuilt: parts.toSorted() },
          units: { restart: ["iplz.service"], reload: [], keep: [], stop: [], added: [] },
        },
      },
    ],
    machines: [{ name: "machine-1", size: { bytes: expect.any(Number), paths: parts.length } }],
    images: [],
  });

  await rm(join(project.folder, "report"), { recursive: true });
  const events = (await inJson("up", project)).trim().split("\n");
  expect(await read("report/change.json")).toBe(told);
  expect(toldIn(messagesOf(events, (event) => !event.ephemeral).join("")).toSorted()).toEqual(
    back.toSorted(),
  );
  expect(messagesOf(events, (event) => event.ephemeral)).toContain(
    "activating the configuration...\n",
  );
});
