import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { makeScriptProject, type ScriptProject } from "./setup-project.ts";

const shells = ["sh", "bash", "zsh"];

async function makeReadyProject(): Promise<ScriptProject> {
  const project = await makeScriptProject();
  await project.write(".sandbox/bin/pulumi", "#!/bin/sh\n", 0o755);
  return project;
}

/** Sources the project's sandbox/env by `path`, seen from `cwd`, and returns all variables after it. */
async function sourceEnv(
  shell: string,
  path: string,
  options: { cwd: string; env?: Record<string, string>; times?: number },
) {
  const source = `. ${path}; `.repeat(options.times ?? 1);
  const { stdout, stderr } = await execa(shell, ["-c", `set -eu; ${source} env -0`], {
    cwd: options.cwd,
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", ...options.env },
    extendEnv: false,
    // With a socket there, bash takes itself for one that rshd has started, and reads ~/.bashrc.
    stdin: "ignore",
  });
  const variables = Object.fromEntries(
    stdout
      .split("\0")
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  return { variables, stderr };
}

function expectedVariables(folder: string) {
  return {
    SANDBOX_HOME: `${folder}/.sandbox`,
    PATH: [
      `${folder}/node_modules/.bin:${folder}/.sandbox/bin`,
      "/usr/local/bin:/usr/bin:/bin",
      `${folder}/.sandbox/venv/bin:/usr/local/sbin:/usr/sbin:/sbin`,
    ].join(":"),
    PULUMI_HOME: `${folder}/.sandbox/pulumi-home`,
    PULUMI_BACKEND_URL: `file://${folder}/.sandbox/state`,
    PULUMI_CONFIG_PASSPHRASE: "sandbox",
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
    NODE_COMPILE_CACHE: `${folder}/.sandbox/cache/node`,
  };
}

test.each(shells)("%s: it gives the same from any folder, by any path", async (shell) => {
  await using project = await makeReadyProject();
  const { folder } = project;
  for (const [cwd, path] of [
    [folder, "./sandbox/env"],
    [join(folder, "sandbox"), "./env"],
    ["/", join(folder, "sandbox/env")],
  ] as const) {
    const { variables, stderr } = await sourceEnv(shell, path, { cwd });
    expect(variables).toMatchObject(expectedVariables(folder));
    expect(stderr).toBe("");
  }
});

test.each(shells)("%s: sourcing it again changes nothing", async (shell) => {
  await using project = await makeReadyProject();
  const { variables, stderr } = await sourceEnv(shell, "./sandbox/env", {
    cwd: project.folder,
    times: 2,
  });
  expect(variables).toMatchObject(expectedVariables(project.folder));
  expect(stderr).toBe("");
});

test.each(shells)("%s: another checkout takes the place of the one before", async (shell) => {
  await using before = await makeReadyProject();
  await using project = await makeReadyProject();
  const { variables } = await sourceEnv(shell, "./sandbox/env", { cwd: before.folder });
  const after = await sourceEnv(shell, "./sandbox/env", { cwd: project.folder, env: variables });
  const { PATH, ...expected } = expectedVariables(project.folder);
  expect(after.variables).toMatchObject(expected);
  expect(after.variables.PATH?.split(":").slice(0, 2)).toEqual(PATH.split(":").slice(0, 2));
  expect(after.stderr).toBe("");
});

test("a backend of the user's own stays, with all that belongs to it", async () => {
  await using project = await makeReadyProject();
  const { variables, stderr } = await sourceEnv("sh", "./sandbox/env", {
    cwd: project.folder,
    env: { PULUMI_BACKEND_URL: "s3://mine" },
  });
  expect({
    backend: variables.PULUMI_BACKEND_URL,
    home: variables.PULUMI_HOME,
    passphrase: variables.PULUMI_CONFIG_PASSPHRASE,
  }).toEqual({ backend: "s3://mine", home: undefined, passphrase: undefined });
  expect(stderr).toBe(
    "sandbox/env: keeps your PULUMI_BACKEND_URL=s3://mine; unset it and source this again for the " +
      "sandbox's own state, which has stack local",
  );
});

test("a passphrase of the user's own stays", async () => {
  await using project = await makeReadyProject();
  const { variables, stderr } = await sourceEnv("sh", "./sandbox/env", {
    cwd: project.folder,
    env: { PULUMI_CONFIG_PASSPHRASE: "mine" },
  });
  expect(variables.PULUMI_CONFIG_PASSPHRASE).toBe("mine");
  expect(stderr).toBe(
    "sandbox/env: keeps your Pulumi passphrase; stack local opens with PULUMI_CONFIG_PASSPHRASE=sandbox",
  );
});

test.each(shells)("%s: before setup, it says to run setup and fails", async (shell) => {
  await using project = await makeScriptProject();
  const { exitCode, all } = await execa(shell, ["-c", ". ./sandbox/env"], {
    cwd: project.folder,
    all: true,
    reject: false,
  });
  expect([exitCode, all]).toEqual([
    1,
    `sandbox/env: there is no Pulumi in ${project.folder}/.sandbox yet; run ${project.folder}/sandbox/setup first`,
  ]);
});
