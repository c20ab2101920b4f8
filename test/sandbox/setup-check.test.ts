import { access, chmod, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { makeScriptProject, type ScriptProject } from "./setup-project.ts";

/** What every Linux has; what setup looks for is not among it. */
const plainTools = [
  ["bash", "sh", "env", "cat", "cut", "date", "df", "dirname", "find", "grep", "id", "ls", "paste"],
  ["readlink", "sed", "sha256sum", "sort", "tail", "tr", "xargs"],
].flat();

interface Computer {
  readonly commands?: readonly string[];
  /** A number; root by default. */
  readonly user?: string;
  readonly kernel?: string;
  readonly processor?: string;
}

/** Runs setup where only plain tools and the named commands are there, and Go is not at its usual place. */
async function runSetup(project: ScriptProject, computer: Computer) {
  const bin = join(project.folder, "bin");
  await mkdir(bin, { recursive: true });
  for (const tool of [...plainTools, ...(computer.commands ?? [])]) {
    await symlink(await findCommand(tool), join(bin, tool));
  }
  const { kernel = "Linux", processor = "x86_64" } = computer;
  await project.write(
    "bin/uname",
    `#!/bin/sh\ncase $1 in -s) echo ${kernel} ;; -m) echo ${processor} ;; esac\n`,
    0o755,
  );
  await chmod(project.folder, 0o777);
  const script = `
    [ ! -d /usr/local/go ] || mount -t tmpfs none /usr/local/go
    exec setpriv --reuid=${computer.user ?? 0} --clear-groups env -i PATH="$0" sandbox/setup`;
  return execa("unshare", ["--mount", "sh", "-c", script, bin], {
    cwd: project.folder,
    all: true,
    reject: false,
  });
}

async function findCommand(name: string): Promise<string> {
  const { stdout } = await execa("sh", ["-c", `command -v ${name}`], {
    env: { PATH: "/usr/bin:/usr/sbin" },
    extendEnv: false,
  });
  return stdout;
}

async function goNeeded(): Promise<string> {
  return (await execa("sed", ["-n", "s/^go //p", "sandbox/pulumi-cli/go.mod"])).stdout;
}

async function pulumiPinned(): Promise<string> {
  const pattern = "s|.*pulumi/pkg/v3 v\\([0-9.]*\\).*|\\1|p";
  return (await execa("sed", ["-n", pattern, "sandbox/pulumi-cli/go.mod"])).stdout;
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

test("everything that is missing is said at once, with why and what to do, and nothing is changed", async () => {
  await using project = await makeScriptProject();
  const { exitCode, all } = await runSetup(project, { user: "65534", processor: "riscv64" });
  expect([exitCode, all]).toEqual([
    1,
    [
      "setup cannot go on; nothing was changed.",
      "The right of root is missing: booting machines takes network namespaces and mounts; you are nobody",
      "  -> run it as root, for example with sudo",
      "An x86_64 or aarch64 processor is missing: Debian's packages are used for these; this is riscv64",
      "  -> run it on a computer that has one",
      "apt-get is missing: Nix, debootstrap and systemd-nspawn come as Debian packages",
      "  -> run it on Debian 12 or a system made from it",
      "npm is missing: it installs the packages of package.json",
      "  -> install Node.js 18 or newer with its npm: apt-get install nodejs npm",
      "Node.js 18 or newer is missing: npm runs on it; found: none",
      "  -> install it: apt-get install nodejs npm",
      "A way to the plugin of @pulumi/command is missing: get.pulumi.com cannot be reached, and to " +
        `build the stand-in takes Go ${await goNeeded()} or newer; found: none`,
      "  -> install Go from https://go.dev/dl into /usr/local/go",
      `A way to the Pulumi CLI is missing: there is no pulumi ${await pulumiPinned()} or newer here, its ` +
        "installer at get.pulumi.com cannot be reached, and to build it takes Go " +
        `${await goNeeded()} or newer; found: none`,
      "  -> install Go from https://go.dev/dl into /usr/local/go, or Pulumi itself",
    ].join("\n"),
  ]);
  expect(await isThere(join(project.folder, ".sandbox"))).toBe(false);
});

test("where only Go is missing, only Go is asked for", async () => {
  await using project = await makeScriptProject();
  const { exitCode, all } = await runSetup(project, { commands: ["apt-get", "node", "npm"] });
  expect(exitCode).toBe(1);
  expect(all.match(/^\S.* is missing/gm)).toEqual([
    "A way to the plugin of @pulumi/command is missing",
    "A way to the Pulumi CLI is missing",
  ]);
});

test("a Go that is too old is named", async () => {
  await using project = await makeScriptProject();
  await project.write("bin/go", "#!/bin/sh\necho go1.19.8\n", 0o755);
  const { exitCode, all } = await runSetup(project, { commands: ["apt-get", "node", "npm"] });
  expect(exitCode).toBe(1);
  expect(all).toMatch(/ or newer; found: 1\.19\.8$/m);
});

test("on another kernel there is one answer", async () => {
  await using project = await makeScriptProject();
  const { exitCode, all } = await runSetup(project, { kernel: "Darwin" });
  expect([exitCode, all]).toEqual([
    1,
    [
      "setup cannot go on: this is Darwin, and the sandbox machines are Linux containers",
      "  -> run it on Linux, for example on Debian 12 in a virtual machine",
    ].join("\n"),
  ]);
});
