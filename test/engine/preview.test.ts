import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
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

/** Updates in a terminal that is wide enough; gives all that is ever on its screen. */
async function upInTerminal({ folder, stack, stackName }: Project): Promise<string> {
  const command = `stty cols 150 rows 50; pulumi up --yes --skip-preview --stack ${stackName}`;
  const { stdout } = await execa(
    "script",
    ["--quiet", "--return", "--command", command, "/dev/null"],
    {
      ...{
        cwd: folder,
        env: { ...stack.workspace.envVars, TERM: "xterm", CI: "" },
        stdin: "ignore",
      },
    },
  );
  return stripVTControlCharacters(stdout);
}

/** Runs the command of docs/preview.md that begins so, in the shell; gives its standard output. */
async function runDocumented(
  start: string,
  { folder, stack, stackName }: Project,
): Promise<string> {
  const page = await readFile("docs/preview.md", "utf8");
  const command = page.split("\n").find((line) => line.startsWith(start)) ?? "false";
  const env = { ...stack.workspace.envVars, PULUMI_STACK: stackName };
  const { stdout } = await execa("bash", ["-o", "pipefail", "-c", command], { cwd: folder, env });
  return stdout;
}

/** The messages in the engine's events, one on a line. */
function messagesOf(events: string): string {
  return events
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).diagnosticEvent?.message ?? "")
    .join("");
}

/** Builds a package of the project's flake, and nothing more, as somebody does who tries it. */
async function buildByHand(name: string, { folder }: Project): Promise<void> {
  const nixpkgs = `path:${process.env.SANDBOX_HOME}/nixpkgs`;
  const options = ["--no-link", "--override-input", "nixpkgs", nixpkgs];
  await execa("nix", ["build", `${folder}#${name}`, ...options], { cwd: folder });
}

/** What a preview tells of a copy is what the update tells, but for what the sizes change by. */
function expectCopyAsTold(preview: readonly string[], up: readonly string[]): void {
  const [about, sent] = [kibibytesToCopy(preview), kibibytesToCopy(up)];
  expect(sent).toBeGreaterThan(0);
  expect(Math.abs(about - sent), `${about} KiB told, ${sent} KiB sent`).toBeLessThan(2);
}

function kibibytesToCopy(told: readonly string[]): number {
  const [, size, unit] = /^to copy: \D*([\d.]+) (\S+)\b/m.exec(told.join("\n")) ?? [];
  expect(unit).toBe("KiB");
  return Number(size);
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
  expect(toldIn(first)).toContainEqual(expect.stringMatching(/^to build: \d+ \(\w/));
  expect(first).toContain("told with another SSH key in place of the stack's own");
  const made = await project.up();
  expect(made.error).toBeUndefined();
  expect(made.events).toContain("RegisterResource RPC finished: resource:key");
  expect(made.events).not.toContain("PRIVATE KEY");

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

  expectCopyAsTold(planned, updated);

  // A package comes, and an application that somebody has built by hand already.
  const again = `Once more, ${project.stackName}. `;
  await project.edit("app/src/iplz/__init__.py", mark, again);
  const inPath = (version: string) =>
    `environment.systemPackages = [ (pkgs.writeTextFile { name = "greeting-${version}"; ` +
    `destination = "/bin/greeting"; text = "${project.stackName}"; }) ];`;
  await project.edit(
    "nix/modules/base.nix",
    "# The application",
    "{ pkgs, ... }: # The application",
  );
  await project.edit(
    "nix/modules/base.nix",
    "services.iplz = {",
    `${inPath("1.0")} services.iplz = {`,
  );
  await buildByHand("iplz-server", project);
  const withNew = toldIn((await project.preview()).output);
  expect(withNew).toContainEqual(expect.stringMatching(/^packages: \+greeting 1\.0$/));
  expect(withNew).toContainEqual(
    expect.stringMatching(/^to copy: about .* replaces, and what is new: greeting-1\.0$/),
  );
  expect(withNew).toContainEqual(expect.not.stringMatching(/^to build: .*iplz-server/));
  const screen = await upInTerminal(project);
  expect(screen).toMatch(/ building \S+ \(1 of \d+\)/);
  expect(screen).toMatch(/ built \d+ derivations/);
  const withNewBuilt = toldIn(screen.slice(screen.lastIndexOf("Diagnostics:")));
  expectCopyAsTold(withNew, withNewBuilt);
  expect(withNewBuilt).toContainEqual("packages: +greeting 1.0");

  await project.edit("nix/modules/base.nix", inPath("1.0"), inPath("2.0"));
  const plan = join(project.folder, ".state/plan.json");
  const bumped = toldIn((await project.preview({ plan })).output);
  expect(bumped).toContain("packages: greeting 1.0 → 2.0");
  // The engine itself refuses an update that does anything else than the preview said.
  const bumping = await project.up({ plan });
  expect(bumping.error).toBeUndefined();
  const bumpedBuilt = toldIn(bumping.output);
  expectCopyAsTold(bumped, bumpedBuilt);
  expect(bumpedBuilt).toContain("packages: greeting 1.0 → 2.0");

  // Back to the first system, which is here.
  await project.edit("nix/modules/base.nix", inPath("2.0"), "");
  await project.stack.setConfig("iplz:diffFile", { value: "report/change.json" });
  await project.edit("app/src/iplz/__init__.py", again, "");
  const back = toldIn(await runDocumented("pulumi preview --json |", project));
  expect(labels(back).toSorted()).toEqual([...exact, "packages", "to copy"].toSorted());
  const told = await read("report/change.json");
  expect(JSON.parse(told)).toMatchObject({
    systems: [
      {
        name: "system",
        difference: {
          kind: "exact",
          packages: {
            changed: [{ name: "greeting", before: ["2.0"], after: [] }],
            rebuilt: [...parts, "system-path"].toSorted(),
          },
          units: { restart: ["iplz.service"], reload: [], keep: [], stop: [], added: [] },
        },
      },
    ],
    machines: [{ name: "machine-1", size: { bytes: expect.any(Number), paths: parts.length + 1 } }],
    images: [],
  });

  await rm(join(project.folder, "report"), { recursive: true });
  const events = await runDocumented("pulumi up --yes --skip-preview --json |", project);
  expect(await read("report/change.json")).toBe(told);
  const kept = messagesOf(events);
  expect(toldIn(kept).toSorted()).toEqual(back.toSorted());
  expect(kept).not.toContain("activating the configuration...");
});
