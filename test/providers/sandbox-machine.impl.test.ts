import { rm } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import * as provider from "../../providers/sandbox-machine.impl.ts";
import { deleteMachine, readMachine, stopMachine } from "../../sandbox/machines/machine.ts";
import { machinePaths } from "../../sandbox/machines/paths.ts";
import { makeTestHome, type TestHome, tracesOf } from "../sandbox/machines/test-home.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const otherSystem = `/nix/store/${"0".repeat(32)}-nixos-system`;

let at: TestHome;
beforeAll(async () => {
  at = await makeTestHome();
  vi.stubEnv("SANDBOX_HOME", at.home);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await at[Symbol.asyncDispose]();
});
afterEach(() => deleteMachine(at.home, "box"));

const argsOf = () => ({ machineName: "box", ...at.seed });
const checked = async (olds = {}, changes = {}) =>
  (await provider.check(olds, { ...argsOf(), ...changes })).inputs as Parameters<
    typeof provider.create
  >[0];
const made = async () => provider.create(await checked());

test("check takes good inputs, and wants the machine to run", async () => {
  expect(await provider.check({}, argsOf())).toEqual({
    inputs: { ...argsOf(), state: "running" },
    failures: [],
  });
});

test("check reports every fault at once, and no private key", async () => {
  const { failures } = await provider.check(
    {},
    {
      machineName: "Box!",
      system: "/tmp/x",
      hostPrivateKey: "hush",
      hostPublicKey: "ssh-rsa AAAA",
    },
  );
  expect(failures).toEqual([
    {
      property: "machineName",
      reason:
        '"Box!" cannot be a machine\'s name: it is a host name of 1 to 63 lower-case letters, ' +
        "digits and hyphens that begins with a letter and does not end with a hyphen.",
    },
    {
      property: "system",
      reason:
        '"/tmp/x" is not the store path of a system (/nix/store/HASH-NAME). Give it the outPath of one.',
    },
    {
      property: "hostPrivateKey",
      reason: "is not a private key in OpenSSH's format. Make one with ssh-keygen -t ed25519.",
    },
    {
      property: "hostPublicKey",
      reason:
        '"ssh-rsa AAAA" is not an Ed25519 public key (ssh-ed25519 AAAA...). Give it the publicKey of an SshKey.',
    },
  ]);
});

test("check finds no fault in what is not known yet", async () => {
  const news = {
    machineName: unknown,
    system: unknown,
    hostPrivateKey: unknown,
    hostPublicKey: unknown,
  };
  expect((await provider.check({}, news)).failures).toEqual([]);
});

const outs = {
  machineName: "box",
  system: "/nix/store/a",
  hostPrivateKey: "private",
  hostPublicKey: "public",
  address: "10.213.0.2",
  address6: "fd5b::2",
  port: 22,
  state: "running" as const,
};
const noChange = { changes: false, replaces: [] };

test.each([
  ["nothing new", {}, {}, noChange],
  ["another system", {}, { system: otherSystem }, noChange],
  ["a system not known yet", {}, { system: unknown }, noChange],
  ["a machine that is down", { state: "stopped" as const }, {}, { ...noChange, changes: true }],
  ["another name", {}, { machineName: "new" }, { changes: true, replaces: ["machineName"] }],
  [
    "another host key",
    {},
    { hostPrivateKey: "new", hostPublicKey: "new" },
    { changes: true, replaces: ["hostPrivateKey", "hostPublicKey"] },
  ],
  [
    "a host key not known yet",
    {},
    { hostPublicKey: unknown },
    { changes: true, replaces: ["hostPublicKey"] },
  ],
])("diff of %s", async (_, olds, news, expected) => {
  const oldOuts = { ...outs, ...olds };
  expect(await provider.diff("box", oldOuts, { ...outs, ...news })).toEqual(expected);
});

test("create gives the machine's addresses and all inputs back", async () => {
  const { id, outs } = await made();
  const machine = await readMachine(at.home, "box");
  expect(id).toBe("box");
  expect(outs).toEqual({ ...argsOf(), ...machine, port: 22, state: "running" });
  expect(await at.ssh(outs?.address ?? "", "hostname")).toBe("box");
});

test("a machine that is down is seen by read, started by update with its disk, and then no change", async () => {
  const { id, outs } = await made();
  const address = outs?.address ?? "";
  await at.ssh(address, "echo kept > /var/lib/file && sync");
  await stopMachine(at.home, "box");

  const { props, inputs } = await provider.read(id, outs as never);
  expect(props).toEqual({ ...outs, state: "stopped" });
  expect(inputs).toEqual(props);

  const news = await checked(inputs, { system: otherSystem });
  expect(await provider.diff(id, props as never, news)).toEqual({ ...noChange, changes: true });
  // At preview an update's outputs are its inputs: what depends on the address sees no change.
  expect(news).toEqual(outs);

  const updated = await provider.update(id, props as never, news);
  expect(updated.outs).toEqual(outs);
  expect(await at.ssh(address, "cat /var/lib/file")).toBe("kept");
  expect(await provider.diff(id, updated.outs as never, news)).toEqual(noChange);
});

test("check keeps the system and the addresses of a machine that stays, not of one to be replaced", async () => {
  const olds = { ...outs, ...argsOf() };
  expect(await checked(olds, { system: otherSystem })).toEqual(olds);
  for (const change of [{ machineName: "new" }, { hostPublicKey: "ssh-ed25519 AAAA" }]) {
    const news = { ...argsOf(), system: otherSystem, ...change };
    expect(await checked(olds, news)).toEqual({ ...news, state: "running" });
  }
});

test("read finds a running machine as it was made", async () => {
  const { id, outs } = await made();
  expect(await provider.read(id, outs as never)).toEqual({ id, props: outs, inputs: outs });
});

test("read of a machine whose folder is gone gives an empty id, so that it is made again", async () => {
  expect(await provider.read("box", outs)).toEqual({ id: "" });
  const { id, outs: first } = await made();
  await deleteMachine(at.home, "box");
  expect(await provider.read(id, first as never)).toEqual({ id: "" });
});

test("read of a machine that a crash left half made gives an empty id", async () => {
  const { id, outs } = await made();
  await rm((await machinePaths(at.home, "box")).record);
  expect(await provider.read(id, outs as never)).toEqual({ id: "" });
});

test("delete leaves nothing, and succeeds when there is nothing", async () => {
  const { id } = await made();
  await provider.delete(id);
  expect(await tracesOf(at.home, "box")).toEqual([]);
  await provider.delete(id);
});
