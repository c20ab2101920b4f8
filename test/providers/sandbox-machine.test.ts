import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, test } from "vitest";

/** How Pulumi marks a secret on its way to the engine. */
const secret = (value: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

let registered: { type: string; args: Record<string, unknown>; provider: string };

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      const { __provider: provider, ...args } = inputs;
      registered = { type, args, provider };
      return { id: name, state: inputs };
    },
    call: () => ({}),
  });
  const { SandboxMachine } = await import("../../providers/sandbox-machine.ts");
  const machine = new SandboxMachine("box", {
    machineName: "box",
    system: "/nix/store/system",
    hostPrivateKey: "private",
    hostPublicKey: "public",
  });
  await new Promise((resolve) => machine.urn.apply(resolve));
});

test("it is registered under its own type, with its arguments, the private key as a secret", () => {
  expect(registered.type).toBe("pulumi-nodejs:dynamic/sandbox:Machine");
  expect(registered.args).toEqual({
    machineName: "box",
    system: "/nix/store/system",
    hostPrivateKey: secret("private"),
    hostPublicKey: "public",
  });
});

test("what the state keeps of the provider only loads today's code", () => {
  expect(registered.provider).toBe(
    'exports.handler = () => require(process.cwd() + "/providers/sandbox-machine.impl.ts");\n',
  );
});
