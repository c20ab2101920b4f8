import { readFileSync } from "node:fs";
import languageProto from "@pulumi/pulumi/proto/language_pb.js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import { expect, test } from "vitest";
import {
  folderWithRunner,
  type HostProcess,
  makeFolder,
  programInfo,
  runRequest,
  startHost,
} from "./language-host-process.ts";

const reportSelf = `
  const { PULUMI_CONFIG, PULUMI_CONFIG_SECRET_KEYS, PULUMI_NODEJS_TYPESCRIPT } = process.env;
  console.log(JSON.stringify({
    arguments: process.argv.slice(2),
    execArgv: process.execArgv,
    cwd: process.cwd(),
    config: JSON.parse(PULUMI_CONFIG),
    secretKeys: JSON.parse(PULUMI_CONFIG_SECRET_KEYS),
    typescript: PULUMI_NODEJS_TYPESCRIPT,
  }));`;

const run = (host: HostProcess, request: languageProto.RunRequest) =>
  host
    .call<languageProto.RunResponse>((done) => host.client.run(request, done))
    .then((response) => response.toObject());

const success = { error: "", bail: false };

test("the program gets the arguments and variables that Pulumi's own language host gives", async () => {
  await using host = await startHost();
  await using folder = await folderWithRunner(reportSelf);
  const request = runRequest(
    programInfo(folder.path, { typescript: false, nodeargs: '--no-warnings --title="a b"' }),
  )
    .setDryrun(true)
    .setArgsList(["one"])
    .setConfigsecretkeysList(["project:key"]);
  request.getConfigMap().set("project:key", "value").set("aws:config:region", "eu-central-1");

  expect(await run(host, request)).toEqual(success);
  expect(host.output.map((line) => JSON.parse(line))).toEqual([
    {
      arguments: [
        ["--monitor", "127.0.0.1:1"],
        ["--engine", host.engineAddress],
        ["--organization", "organization"],
        ["--project", "project"],
        ["--root-directory", folder.path],
        ["--stack", "stack"],
        ["--pwd", folder.path],
        ["--dry-run"],
        ["--parallel", "4"],
        ["index.ts", "one"],
      ].flat(),
      execArgv: ["--no-warnings", "--title=a b"],
      cwd: folder.path,
      config: { "project:config:key": "value", "aws:config:region": "eu-central-1" },
      secretKeys: ["project:key"],
    },
  ]);
});

test("an update has no --dry-run, and TypeScript by ts-node is Pulumi's default", async () => {
  await using host = await startHost();
  await using folder = await folderWithRunner(reportSelf);
  await run(host, runRequest(programInfo(folder.path, {})));
  const [{ arguments: received, typescript }] = host.output.map((line) => JSON.parse(line));
  expect({ dryRun: received.includes("--dry-run"), typescript }).toEqual({
    dryRun: false,
    typescript: "true",
  });
});

test.each([
  ["exits with 0", "process.exit(0)", success],
  ["has shown its error", "process.exit(32)", { error: "", bail: true }],
  [
    "exits with another code",
    "process.exit(3)",
    { error: "Program exited with non-zero exit code: 3", bail: false },
  ],
  [
    "is killed",
    "process.kill(process.pid, 'SIGKILL')",
    { error: "The program was ended by SIGKILL.", bail: false },
  ],
])("a program that %s is reported so", async (_, runner, expected) => {
  await using host = await startHost();
  await using folder = await folderWithRunner(runner);
  expect(await run(host, runRequest(programInfo(folder.path)))).toEqual(expected);
});

test("all that the program prints is there when its end is reported", async () => {
  await using host = await startHost();
  await using folder = await folderWithRunner(
    "for (let line = 0; line < 20_000; line++) console.log('line', line)",
  );
  await run(host, runRequest(programInfo(folder.path)));
  await expect.poll(() => host.output.length).toBe(20_000);
  expect(host.output.at(-1)).toBe("line 19999");
});

test("a project without the SDK is told what to do", async () => {
  await using host = await startHost();
  await using folder = await makeFolder({ "node_modules/empty": "" });
  await expect(run(host, runRequest(programInfo(folder.path)))).rejects.toThrow(
    `@pulumi/pulumi is not installed in ${folder.path}; run \`npm ci\` there.`,
  );
});

test("a runtime option of the wrong type is named, with the value got", async () => {
  await using host = await startHost();
  await using folder = await folderWithRunner("");
  await expect(
    run(host, runRequest(programInfo(folder.path, { typescript: "no" }))),
  ).rejects.toThrow('runtime.options.typescript in Pulumi.yaml must be a boolean, got "no".');
});

test("cancel interrupts the program, and kills what it started and does not end", async () => {
  await using host = await startHost();
  await using folder = await folderWithRunner(`
    const { spawn } = require("node:child_process");
    const child = spawn("sh", ["-c", "trap '' INT; while :; do sleep 1; done"]);
    console.log(child.pid);
    setInterval(() => {}, 1000);`);
  const end = run(host, runRequest(programInfo(folder.path)));
  await expect.poll(() => host.output.length).toBe(1);

  await host.call((done) => host.client.cancel(new emptyProto.Empty(), done));
  expect(await end).toEqual({ error: "The program was ended by SIGINT.", bail: false });
  expect(isRunning(Number(host.output[0]))).toBe(false);
});

test("the host and its program end when the engine is gone", async () => {
  await using host = await startHost();
  await using folder = await folderWithRunner(
    "console.log(process.pid); setInterval(() => {}, 1000)",
  );
  const end = run(host, runRequest(programInfo(folder.path))).catch(() => "connection lost");
  await expect.poll(() => host.output.length).toBe(1);

  host.stopEngine();
  await expect.poll(() => host.process.exitCode, { timeout: 10_000 }).toBe(0);
  expect(isRunning(Number(host.output[0]))).toBe(false);
  await end;
});

test("the host ends when the engine was gone before it came", async () => {
  await using host = await startHost({ engineAddress: "127.0.0.1:1" });
  await expect.poll(() => host.process.exitCode, { timeout: 10_000 }).toBe(0);
});

test("the required plugins are those of the installed SDKs", async () => {
  await using host = await startHost();
  const request = new languageProto.GetRequiredPackagesRequest().setInfo(
    programInfo(process.cwd()),
  );
  const response = await host.call<languageProto.GetRequiredPackagesResponse>((done) =>
    host.client.getRequiredPackages(request, done),
  );
  const packages = response
    .getPackagesList()
    .map((plugin) => [plugin.getKind(), plugin.getName(), plugin.getVersion()]);
  expect(packages).toEqual([
    ["resource", "aws", "v7.48.0"],
    ["resource", "command", "v1.2.1"],
  ]);
});

test("the program's own dependencies are those that its package.json names", async () => {
  await using host = await startHost();
  await using folder = await makeFolder({
    "package.json": '{ "dependencies": { "a": "1.0.0" } }',
    "node_modules/.package-lock.json": JSON.stringify({
      packages: {
        "node_modules/a": { version: "1.0.0" },
        "node_modules/a/node_modules/b": { version: "2.0.0" },
        "node_modules/@scope/c": { version: "3.0.0" },
      },
    }),
  });
  const list = async (transitive: boolean) => {
    const request = new languageProto.GetProgramDependenciesRequest()
      .setInfo(programInfo(folder.path))
      .setTransitivedependencies(transitive);
    const response = await host.call<languageProto.GetProgramDependenciesResponse>((done) =>
      host.client.getProgramDependencies(request, done),
    );
    return response.getDependenciesList().map((one) => `${one.getName()} ${one.getVersion()}`);
  };
  expect(await list(false)).toEqual(["a 1.0.0"]);
  expect(await list(true)).toEqual(["a 1.0.0", "b 2.0.0", "@scope/c 3.0.0"]);
});

/** A process that was ended is a zombie until its parent has noticed. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
