import type plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { fromStruct, toStruct } from "../../../../sandbox/plugins/lib/messages.ts";
import {
  makeSecret,
  type Properties,
  unknownValue,
} from "../../../../sandbox/plugins/lib/property-values.ts";
import { isRunning, messageOf } from "./operation.ts";
import { type Plugin, startPlugin } from "./plugin.ts";
import { generateKeyPair, type Sshd, startSshd } from "./sshd.ts";

const urnOf = (type: string, name: string) => `urn:pulumi:dev::proj::my:Parent$${type}::${name}`;
const localUrn = urnOf("command:local:Command", "a::b");
const remoteUrn = urnOf("command:remote:Command", "job");

let command: Plugin;
let server: Sshd;
let connection: Properties;

beforeAll(async () => {
  const user = await generateKeyPair();
  server = await startSshd({ authorizedKeys: [user.publicKey] });
  const { host, port, hostKey } = server;
  connection = { host, port, privateKey: user.privateKey, hostKey: hostKey.publicKey };
  const { SSH_AUTH_SOCK: _agent, ...env } = process.env;
  command = await startPlugin({ cwd: "/", env });
});
afterAll(async () => {
  await server.stop();
  expect(await command.stop()).toBe(0);
});

async function check(urn: string, news: Properties): Promise<proto.CheckResponse> {
  const request = new proto.CheckRequest().setUrn(urn).setNews(toStruct(news));
  return command.call("check", request);
}

async function create(
  urn: string,
  news: Properties,
  preview = false,
): Promise<proto.CreateResponse> {
  const inputs = (await check(urn, news)).getInputs();
  const request = new proto.CreateRequest().setUrn(urn).setProperties(inputs).setPreview(preview);
  return command.call("create", request);
}

describe("the plugin, over gRPC", () => {
  it("is version 1.2.1, and takes secrets", async () => {
    const info = await command.call<plugin.PluginInfo>("getPluginInfo", new empty.Empty());
    expect(info.getVersion()).toBe("1.2.1");
    const configured = await command.call<proto.ConfigureResponse>(
      "configure",
      new proto.ConfigureRequest(),
    );
    expect([configured.getAcceptsecrets(), configured.getSupportspreview()]).toEqual([true, true]);
  });

  it("has no configuration", async () => {
    const news = toStruct({ version: "1.2.1", user: "root" });
    const response = await command.call<proto.CheckResponse>(
      "checkConfig",
      new proto.CheckRequest().setNews(news),
    );
    expect(response.getFailuresList().map((failure) => failure.toObject())).toEqual([
      {
        property: "user",
        reason: "user is not a property of the command provider, which has none",
      },
    ]);
  });

  it("refuses faulty inputs as failures that name the property", async () => {
    const failures = (await check(remoteUrn, { connection, create: 1 })).getFailuresList();
    expect(failures.map((failure) => failure.toObject())).toEqual([
      { property: "create", reason: "create is a number; it must be a string" },
    ]);
  });

  it("refuses a type that it does not have", async () => {
    expect(await messageOf(check(urnOf("command:remote:Comand", "x"), {}))).toBe(
      "unknown resource type command:remote:Comand; there are: command:local:Command, " +
        "command:remote:Command, command:remote:CopyFile, command:remote:CopyToRemote",
    );
  });

  it("creates a remote command, and shows its lines on its resource", async () => {
    const response = await create(remoteUrn, { connection, create: "echo one; echo two" });
    expect(response.getId()).toMatch(/^job[0-9a-f]{8}$/);
    expect(fromStruct(response.getProperties())).toEqual({
      addPreviousOutputInEnv: true,
      connection: makeSecret({
        dialErrorLimit: 10,
        perDialTimeout: 15,
        user: "root",
        ...connection,
      }),
      create: "echo one; echo two",
      stdout: "one\ntwo",
      stderr: "",
    });
    expect(command.logged.filter(({ urn }) => urn === remoteUrn)).toEqual([
      { urn: remoteUrn, message: "one", severity: "info", isStatus: true },
      { urn: remoteUrn, message: "two", severity: "info", isStatus: true },
    ]);
  });

  it("runs nothing at preview", async () => {
    const before = server.logins();
    const response = await create(remoteUrn, { connection, create: "echo" }, true);
    expect(fromStruct(response.getProperties())).toMatchObject({
      stdout: unknownValue,
      stderr: unknownValue,
    });
    expect(server.logins()).toBe(before);
  });

  it("replaces for a trigger, and updates for anything else", async () => {
    const diff = async (olds: Properties, news: Properties) => {
      const response = await command.call<proto.DiffResponse>(
        "diff",
        new proto.DiffRequest().setUrn(localUrn).setOlds(toStruct(olds)).setNews(toStruct(news)),
      );
      const { DIFF_NONE } = proto.DiffResponse.DiffChanges;
      const changes = response.getChanges() === DIFF_NONE ? "none" : "some";
      return { changes, diffs: response.getDiffsList(), replaces: response.getReplacesList() };
    };
    const state = { create: "a", triggers: ["1"], stdout: "x", stderr: "" };
    expect(await diff(state, { create: "a", triggers: ["1"] })).toEqual({
      changes: "none",
      diffs: [],
      replaces: [],
    });
    expect(await diff(state, { create: "b", triggers: ["1"] })).toEqual({
      changes: "some",
      diffs: ["create"],
      replaces: [],
    });
    expect(await diff(state, { create: "a", triggers: ["2"] })).toEqual({
      changes: "some",
      diffs: ["triggers[0]"],
      replaces: ["triggers[0]"],
    });
  });

  it("updates, reads and deletes", async () => {
    const state = toStruct({ create: "echo one", delete: "exit 4", stdout: "one", stderr: "" });
    const updated = await command.call<proto.UpdateResponse>(
      "update",
      new proto.UpdateRequest()
        .setUrn(localUrn)
        .setOlds(state)
        .setNews(toStruct({ update: "echo was $PULUMI_COMMAND_STDOUT" })),
    );
    expect(fromStruct(updated.getProperties()).stdout).toBe("was one");

    const read = await command.call<proto.ReadResponse>(
      "read",
      new proto.ReadRequest().setId("x").setProperties(state).setInputs(state),
    );
    expect(read.getId()).toBe("x");
    expect(fromStruct(read.getProperties())).toEqual(fromStruct(state));

    const deletion = new proto.DeleteRequest().setUrn(localUrn).setProperties(state);
    expect(await messageOf(command.call("delete", deletion))).toBe(
      'exit status 4: running "exit 4":\n',
    );
  });

  it("keeps the markers of secrets from inputs to outputs", async () => {
    const stdin = makeSecret("hunter2");
    const response = await create(localUrn, { create: "cat >/dev/null", stdin });
    expect(response.getId()).toMatch(/^a::b[0-9a-f]{8}$/);
    expect(fromStruct(response.getProperties()).stdin).toEqual(stdin);
  });

  it("runs a command as a function", async () => {
    const response = await command.call<proto.InvokeResponse>(
      "invoke",
      new proto.InvokeRequest()
        .setTok("command:local:run")
        .setArgs(toStruct({ command: "echo hi" })),
    );
    expect(fromStruct(response.getReturn()).stdout).toBe("hi");
  });
});

describe("the end of a deployment", () => {
  const endless = "echo $$; sleep 300 & wait";

  const ways = {
    cancel: (own: Plugin) => own.call("cancel", new empty.Empty()).then(() => own.stop()),
    SIGINT: (own: Plugin) => own.stop(),
    "the end of the engine": (own: Plugin) => own.endEngine(),
  };
  it.each(Object.entries(ways))("by %s ends the commands that run", async (_name, end) => {
    const own = await startPlugin({});
    onTestFinished(() => own.kill());
    const request = new proto.CreateRequest()
      .setUrn(localUrn)
      .setProperties(toStruct({ create: endless }));
    const running = messageOf(own.call("create", request));
    const pid = (await own.firstLine).message;
    expect(await isRunning(pid)).toBe(true);
    expect(await end(own)).toBe(0);
    expect(await isRunning(pid)).toBe(false);
    expect(await running).toMatch(/cancelled|Connection dropped|Call cancelled/i);
  });

  it("by cancel names the command", async () => {
    const own = await startPlugin({});
    onTestFinished(() => own.kill());
    const request = new proto.CreateRequest()
      .setUrn(localUrn)
      .setProperties(toStruct({ create: endless }));
    const running = messageOf(own.call("create", request));
    const pid = (await own.firstLine).message;
    await own.call("cancel", new empty.Empty());
    expect(await running).toBe(`cancelled: running ${JSON.stringify(endless)}:\n${pid}\n`);
  });
});
