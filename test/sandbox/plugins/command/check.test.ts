import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  makeFileAsset,
  makeSecret,
  type Properties,
  unknownValue,
} from "../../../../sandbox/plugins/lib/property-values.ts";
import { type CommandProvider, startProvider } from "./provider.ts";

let provider: CommandProvider;

beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.stop());

const checkInputs = (type: string, news: Properties) => provider.check({ type, name: "job" }, news);

const connection = { host: "192.0.2.1" };
const connectionDefaults = { dialErrorLimit: 10, perDialTimeout: 15, port: 22, user: "root" };

describe("defaults", () => {
  it("completes a connection and its proxy, and makes the whole of it secret", async () => {
    expect(
      await checkInputs("command:remote:Command", {
        connection: { ...connection, proxy: { host: "192.0.2.2", port: 2222 } },
      }),
    ).toEqual({
      failures: [],
      inputs: {
        addPreviousOutputInEnv: true,
        connection: makeSecret({
          ...connectionDefaults,
          ...connection,
          proxy: { ...connectionDefaults, host: "192.0.2.2", port: 2222 },
        }),
      },
    });
  });

  it("takes the markers of single secrets out of a connection, which is secret as a whole", async () => {
    const { inputs } = await checkInputs("command:remote:Command", {
      connection: makeSecret({ ...connection, password: makeSecret("hunter2") }),
    });
    expect(inputs.connection).toEqual(
      makeSecret({ ...connectionDefaults, ...connection, password: "hunter2" }),
    );
  });

  it("keeps the markers of other secrets", async () => {
    const news = {
      create: "true",
      stdin: makeSecret("s3cret"),
      environment: makeSecret({ A: "b" }),
    };
    expect(await checkInputs("command:local:Command", news)).toEqual({
      failures: [],
      inputs: { ...news, addPreviousOutputInEnv: true },
    });
  });

  it("reads a null as an absent value", async () => {
    expect(await checkInputs("command:local:Command", { create: null })).toEqual({
      failures: [],
      inputs: { addPreviousOutputInEnv: true },
    });
  });
});

describe("values that a preview does not know", () => {
  const cases: [string, string, Properties][] = [
    ["a whole connection", "command:remote:Command", { connection: makeSecret(unknownValue) }],
    [
      "parts of a connection",
      "command:remote:Command",
      { connection: makeSecret({ host: unknownValue, port: unknownValue }) },
    ],
    ["triggers", "command:local:Command", { triggers: unknownValue }],
    ["logging", "command:local:Command", { logging: unknownValue }],
    ["a variable", "command:local:Command", { environment: { A: unknownValue } }],
    [
      "a source",
      "command:remote:CopyToRemote",
      { connection, remotePath: "/x", source: unknownValue },
    ],
  ];
  it.each(cases)("lets %s through", async (_what, token, news) => {
    expect((await checkInputs(token, news)).failures).toEqual([]);
  });
});

describe("refusals", () => {
  const local = "command:local:Command";
  const remote = "command:remote:Command";
  const copy = "command:remote:CopyToRemote";
  const connectionNames =
    "agentSocketPath, dialErrorLimit, host, hostKey, password, perDialTimeout, port, privateKey, " +
    "privateKeyPassword, user";
  const cases: [string, string, Properties, Record<string, string>][] = [
    [
      "an unknown property",
      local,
      { creat: "true" },
      {
        creat:
          "creat is not a property of command:local:Command, which has: addPreviousOutputInEnv, " +
          "environment, logging, stdin, archivePaths, assetPaths, dir, interpreter, create, " +
          "delete, triggers, update",
      },
    ],
    [
      "an interpreter on a remote command",
      remote,
      { connection, interpreter: ["bash", "-c"] },
      {
        interpreter:
          "interpreter is not a property of command:remote:Command, which has: " +
          "addPreviousOutputInEnv, environment, logging, stdin, create, delete, triggers, update, " +
          "connection",
      },
    ],
    [
      "an unknown property of a connection",
      remote,
      { connection: { ...connection, timeout: 3 } },
      {
        "connection.timeout": `timeout is not a property of connection, which has: ${connectionNames}, proxy`,
      },
    ],
    [
      "a proxy of a proxy",
      remote,
      { connection: { ...connection, proxy: { ...connection, proxy: connection } } },
      {
        "connection.proxy.proxy": `proxy is not a property of connection.proxy, which has: ${connectionNames}`,
      },
    ],
    [
      "no connection",
      remote,
      { create: "true" },
      { connection: "connection is missing; it must be an object" },
    ],
    [
      "a connection with no host",
      remote,
      { connection: {} },
      { "connection.host": "connection.host is missing; it must be a string" },
    ],
    [
      "an empty host",
      remote,
      { connection: { host: "" } },
      { "connection.host": "connection.host is empty; it must be a string with something in it" },
    ],
    [
      "a port that is a text",
      remote,
      { connection: { ...connection, port: "22" } },
      { "connection.port": "connection.port is a string; it must be a number" },
    ],
    [
      "a port that no host has",
      remote,
      { connection: { ...connection, port: 65536 } },
      { "connection.port": "connection.port is too big; it must be at most 65535" },
    ],
    [
      "a limit below -1",
      remote,
      { connection: { ...connection, dialErrorLimit: -2 } },
      {
        "connection.dialErrorLimit":
          "connection.dialErrorLimit is too small; it must be at least -1",
      },
    ],
    [
      "a private key that is a number",
      remote,
      { connection: makeSecret({ ...connection, privateKey: 4711 }) },
      { "connection.privateKey": "connection.privateKey is a number; it must be a string" },
    ],
    [
      "a command that is a list",
      local,
      { create: ["echo", "x"] },
      { create: "create is an array; it must be a string" },
    ],
    [
      "a variable that is a number",
      local,
      { environment: { PORT: 80 } },
      { "environment.PORT": "environment.PORT is a number; it must be a string" },
    ],
    [
      "a variable with no name",
      local,
      { environment: { "A=B": "c" } },
      {
        'environment["A=B"]':
          'environment["A=B"] is not a name that an environment variable can have',
      },
    ],
    [
      "another word for logging",
      local,
      { logging: "all" },
      { logging: "logging is a string; it must be one of: stdout, stderr, stdoutAndStderr, none" },
    ],
    [
      "a trigger that is not in a list",
      local,
      { triggers: "x" },
      { triggers: "triggers is a string; it must be an array" },
    ],
    [
      "a source that is a path",
      copy,
      { connection, remotePath: "/x", source: "./file" },
      { source: "source is not a FileAsset, a StringAsset or a FileArchive" },
    ],
    [
      "each of several faults",
      "command:remote:CopyFile",
      { connection, remotePath: 1 },
      {
        remotePath: "remotePath is a number; it must be a string",
        localPath: "localPath is missing; it must be a string",
      },
    ],
  ];
  it.each(cases)("refuses %s", async (_what, token, news, expected) => {
    const { failures } = await checkInputs(token, news);
    expect(Object.fromEntries(failures.map((f) => [f.property, f.reason]))).toEqual(expected);
  });

  it("takes the sources that version 1.2.1 copies", async () => {
    const source = makeFileAsset("/etc/hostname", "0");
    expect((await checkInputs(copy, { connection, remotePath: "/x", source })).failures).toEqual(
      [],
    );
  });
});

describe("the properties of each resource", () => {
  const modules = {
    "command:local:Command": "local/command.js",
    "command:remote:Command": "remote/command.js",
    "command:remote:CopyFile": "remote/copyFile.js",
    "command:remote:CopyToRemote": "remote/copyToRemote.js",
  };
  it.each(Object.entries(modules))("are those of the package: %s", async (token, module) => {
    const { failures } = await checkInputs(token, { stranger: 1 });
    expect(known(failures)).toEqual(await sentBy(module));
  });

  it("are those of the package for the function, too", async () => {
    const { failures } = await provider.invoke("command:local:run", { stranger: 1 });
    expect(known(failures)).toEqual(await sentBy("local/run.js"));
  });
});

/** The names in the refusal of one that is not there. */
function known(failures: { property: string; reason: string }[]): string[] {
  const reason = failures.find(({ property }) => property === "stranger")?.reason ?? "";
  return reason
    .replace(/.*, which has: /, "")
    .split(", ")
    .sort();
}

async function sentBy(module: string): Promise<string[]> {
  const folder = new URL("../../../../node_modules/@pulumi/command/", import.meta.url);
  const source = await readFile(new URL(module, folder), "utf8");
  const sent = [...source.matchAll(/"?(\w+)"?\]?(?:: | = )args\??\.(\w+)/g)].map(
    ([, , name]) => name as string,
  );
  return [...new Set(sent)].sort();
}
