import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as sshKey from "../../providers/ssh-key.impl.ts";
import { watchPrograms } from "../helpers/watched-programs.ts";
import { makeProject } from "./project.ts";

test("the engine starts the project's process for dynamic resources early, and no module is compiled twice", async () => {
  const { outs } = await sshKey.create({});
  const compiled = await mkdtemp(join(tmpdir(), "compiled-"));
  await using started = await watchPrograms(["node"]);
  try {
    await using project = await makeProject(
      {
        "iplz:machines": { value: "existing" },
        "iplz:hosts[0].name": { value: "web" },
        "iplz:hosts[0].address": { value: "192.0.2.1" },
        "iplz:hosts[0].hostPublicKey": { value: outs.publicKey },
        "iplz:privateKey": { value: outs.privateKey, secret: true },
        "iplz:system": { value: "/nix/store/00000000000000000000000000000000-system" },
      },
      { PATH: started.path, NODE_COMPILE_CACHE: compiled },
    );
    const processes = (lines: readonly string[]) =>
      lines.filter((line) => line.includes("dynamic-provider") || line.includes("providers/"));

    const first = await project.preview();
    expect(first.error).toBeUndefined();
    expect(first.steps).toMatchObject({ "Key key": "create", "Command web-copy": "create" });
    expect(processes(await started.read())).toEqual([
      expect.stringMatching(
        /^node --min-semi-space-size=8 --max-semi-space-size=8 \S+providers\/bin\/\.\.\/process\.ts 127\.0\.0\.1:\d+$/,
      ),
    ]);

    const calls = join(compiled, "calls");
    Object.assign(project.stack.workspace.envVars, {
      NODE_DEBUG_NATIVE: "COMPILE_CACHE",
      PULUMI_DEBUG_GRPC: calls,
    });
    const { output } = await project.preview();
    const told = (words: string) => output.split("\n").filter((line) => line.includes(words));
    for (const loaded of ["cmd/run/index.js", "dynamic-provider/index.js", "src/config.ts"])
      expect(told(`${loaded} was accepted`)).not.toEqual([]);
    expect(told("was rejected")).toEqual([]);
    const languages = told("/zod/v4/locales/");
    expect(languages).not.toEqual([]);
    expect(languages.filter((line) => !line.includes("/en.js"))).toEqual([]);
    expect(told("/@opentelemetry/")).toEqual([]);

    const called = (await readFile(calls, "utf8")).split("\n");
    const firstOf = (words: string) => called.findIndex((line) => line.includes(words));
    const [asked, registered] = ["pulumi-nodejs:index:startEarly", "dynamic/ssh:Key"].map(firstOf);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(registered as number);
  } finally {
    await rm(compiled, { recursive: true });
  }
});
