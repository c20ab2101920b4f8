import { mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConfigMap } from "@pulumi/pulumi/automation/index.js";
import { execa } from "execa";
import { expect } from "vitest";
import { machinePaths, sandboxHome } from "../../sandbox/machines/paths.ts";
import { makeProject, type Project, type Run } from "../engine/project.ts";
import { type MachineAccess, makeMachineAccess } from "./machine-access.ts";

/** A stack with one machine, which faults happen to one after the other: each ends healed. */
export interface Stand extends AsyncDisposable {
  readonly project: Project;
  /** The sandbox that the machine is in, and its name there. */
  readonly home: string;
  readonly machineName: string;
  readonly machine: MachineAccess;
  /** Gives the next system these options, as Nix text, and something that it has of its own. */
  change(options?: string): Promise<void>;
  /** Adds a file of random bytes to the next system, and tells its store path. */
  addBallast(bytes: number): Promise<string>;
  /** Has the switch to the next system wait in the middle until it is told to go on. */
  holdSwitch(): Promise<HeldSwitch>;
  /** Waits until the activation has ended on the machine, whoever still looks on. */
  activationEnded(): Promise<void>;
  /** The next up, which has to succeed, and after which the machine runs what the stack says. */
  heal(): Promise<Run>;
  /** The system that the state says is activated. */
  recordedSystem(): Promise<string>;
  /** Asserts what the machine runs and boots, what its service answers, and what the state says. */
  expectSystem(system: string, recorded?: string): Promise<void>;
}

export interface HeldSwitch {
  /** Waits until the switch is in the middle. */
  reached(): Promise<void>;
  release(): Promise<void>;
}

/** So small that a test can fill it. */
const diskMiB = 256;
const optionsFile = "nix/modules/fault.nix";
const ballastFile = "nix/modules/ballast";

/** Makes the project; its machine is there after the first up. */
export async function makeStand(config: ConfigMap = {}): Promise<Stand> {
  const home = await mkdtemp(join(sandboxHome(), "test-"));
  await execa("mount", ["-t", "tmpfs", "-o", `size=${diskMiB}m`, "tmpfs", home]);
  await symlink(await realpath(join(sandboxHome(), "root")), join(home, "root"));
  const project = await makeProject(
    { "iplz:connectTimeoutSeconds": { value: "5" }, ...config },
    { SANDBOX_HOME: home },
  );
  const machineName = `iplz-${project.stackName}-1`;
  const machine = await makeMachineAccess(await machinePaths(home, machineName));
  await addOptionsFile(project);
  let edition = 0;
  const stand: Stand = {
    ...{ project, home, machineName, machine },
    async change(options = "") {
      edition += 1;
      const text = `environment.etc.edition.text = "${edition}"; ${options}`;
      await writeOptions(project, `{ lib, pkgs, ... }: { ${text} }`);
    },
    async addBallast(bytes) {
      await execa("openssl", ["rand", "-out", join(project.folder, ballastFile), `${bytes}`]);
      await git(project, ballastFile);
      await stand.change("environment.etc.ballast.source = ./ballast;");
      const added = ["store", "add-path", "--name", "ballast", join(project.folder, ballastFile)];
      return (await execa("nix", added)).stdout;
    },
    async holdSwitch() {
      const name = `held-${edition}`;
      await stand.change(heldUnit(name));
      return {
        reached: () => machine.until(`[ -e /run/${name} ]`),
        release: async () => void (await machine.run(`touch /root/${name}.go`)),
      };
    },
    activationEnded: () => machine.until("! systemctl is-active --quiet nixos-activation"),
    async heal() {
      const run = await project.up();
      expect(run.error).toBeUndefined();
      await stand.expectSystem(await stand.recordedSystem());
      return run;
    },
    recordedSystem: () => recordedSystem(project),
    async expectSystem(system, recorded = system) {
      expect(await machine.facts()).toEqual({ running: system, profile: system, answer: system });
      expect(await recordedSystem(project)).toBe(recorded);
    },
    async [Symbol.asyncDispose]() {
      await project[Symbol.asyncDispose]();
      await execa("umount", ["--lazy", home]);
      await rm(home, { recursive: true });
    },
  };
  await stand.change();
  return stand;
}

const heldUnit = (name: string) => `systemd.services.${name} = {
  wantedBy = [ "multi-user.target" ];
  serviceConfig = {
    Type = "oneshot";
    RemainAfterExit = true;
    ExecStart = "/bin/sh -c 'touch /run/${name}; until [ -e /root/${name}.go ]; do sleep 0.05; done'";
  };
};`;

/** An edit of a NixOS module rebuilds a system in a second, one of the application in ten. */
async function addOptionsFile(project: Project): Promise<void> {
  await project.edit("nix/modules/live.nix", "./base.nix", "./base.nix ./fault.nix");
}

async function writeOptions(project: Project, text: string): Promise<void> {
  await writeFile(join(project.folder, optionsFile), text);
  await git(project, optionsFile);
}

async function git({ folder }: Project, path: string): Promise<void> {
  await execa("git", ["add", path], { cwd: folder });
}

async function recordedSystem({ stack }: Project): Promise<string> {
  const { deployment } = await stack.exportStack();
  const activation = deployment.resources.find(({ urn }: { urn: string }) =>
    urn.endsWith("::machine-1-activation"),
  );
  return (
    /\/nix\/store\/[0-9a-z]{32}-nixos-system-[^\s"']+/.exec(activation.inputs.create)?.[0] ?? ""
  );
}
