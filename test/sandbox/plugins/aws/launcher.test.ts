import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { execa } from "execa";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { startPlugin } from "../command/plugin.ts";

const launcher = resolve("sandbox/plugins/bin/pulumi-resource-aws");

describe("the launcher", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "launcher-"));
    await symlink(launcher, join(folder, "pulumi-resource-aws"));
    await mkdir(join(folder, "old"));
    await writeFile(join(folder, "old/node"), "#!/bin/sh\necho v22.17.9\n");
    await chmod(join(folder, "old/node"), 0o755);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("takes the project's own Node where the one on PATH is too old, through a link", async () => {
    const own = await startPlugin({
      file: join(folder, "pulumi-resource-aws"),
      cwd: folder,
      env: { PATH: `${folder}/old:/usr/bin:/bin` },
    });
    onTestFinished(() => own.kill());
    const info = await own.call<plugin.PluginInfo>("getPluginInfo", new empty.Empty());
    expect(info.getVersion()).toBe("7.48.0");
    expect(await own.stop()).toBe(0);
  });

  it("says what to do where there is no Node that can run it", async () => {
    const plugins = join(folder, "project/sandbox/plugins");
    const project = join(plugins, "bin");
    await mkdir(project, { recursive: true });
    await execa("cp", [launcher, project]);
    await execa("cp", ["-r", "sandbox/plugins/lib", plugins]);
    const { exitCode, stderr } = await execa(join(project, "pulumi-resource-aws"), {
      reject: false,
      extendEnv: false,
      env: { PATH: `${folder}/old:/usr/bin:/bin` },
    });
    expect([exitCode, stderr]).toEqual([
      1,
      `pulumi-resource-aws: no Node 22.18 or newer on PATH or in ${folder}/project/node_modules; run npm install`,
    ]);
  });
});
