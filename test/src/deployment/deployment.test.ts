import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, test } from "vitest";
import { requestIn } from "../../../src/deployment/copy-input.ts";
import { Deployment } from "../../../src/deployment/deployment.ts";
import type { Machine } from "../../../src/machines/machine.ts";

// Proves the resources that are registered and their inputs; not parents, order or what they do.
interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

let registered: Registered[];

beforeEach(async () => {
  registered = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs });
        const found = type.endsWith(":RunningSystem") ? { repairs: 0 } : {};
        return { id: `${name}-id`, state: { ...inputs, ...found } };
      },
      call: () => ({}),
    },
    "iplz",
    "test",
    // As in a preview, which serves no agent.
    true,
    "organization",
  );
});

const machine: Machine = {
  name: "web",
  id: pulumi.output("web-id"),
  address: pulumi.output("192.0.2.1"),
  port: pulumi.output(2222),
  user: pulumi.output("root"),
  hostPublicKey: pulumi.output("ssh-ed25519 AAAA"),
  privateKey: pulumi.secret("PRIVATE"),
  outlivesStack: true,
};

const args = {
  machine,
  system: "/nix/store/abc-nixos-system",
  activation: {
    // Has no hooks, which the mocks do not know.
    mode: "boot" as const,
    reboot: false,
    timeoutSeconds: 300,
    confirmTimeoutSeconds: 30,
  },
  healthChecks: [],
  keepGenerations: 3,
  substituteOnDestination: true,
  compress: false,
  connectTimeoutSeconds: 60,
};

/** The deployment's system, once all of it is registered. */
const settled = ({ system, activation }: Deployment) =>
  new Promise<string>((resolve) =>
    pulumi.all([system, activation.id]).apply(([value]) => resolve(value)),
  );

test("a deployment watches, copies to and activates one system on the pinned machine", async () => {
  const deployment = new Deployment("web", args);
  expect(await settled(deployment)).toBe(args.system);
  const [component, running, copy, activation, ...others] = registered;
  expect(others).toEqual([]);
  expect(component).toMatchObject({ type: "nixos:deployment:Deployment", name: "web" });
  expect(running).toMatchObject({
    type: "pulumi-nodejs:dynamic/nixos:RunningSystem",
    name: "web-running",
    inputs: { machineName: "web", stack: "iplz/test", watch: true, outlivesStack: true },
  });
  expect(copy).toMatchObject({ type: "command:local:Command", name: "web-copy" });
  expect(copy?.inputs).toMatchObject({
    interpreter: ["bash", "src/deployment/copy-closure.sh"],
    create: args.system,
    triggers: ["web-id", 0],
  });
  expect(activation).toMatchObject({ type: "command:remote:Command", name: "web-activation" });
  expect(activation?.inputs).toMatchObject({
    create: `sh -s -- ${args.system} boot 3 300 30 iplz/test "$SSH_CONNECTION"`,
    triggers: ["web-id", 0],
  });
});

test("a machine that builds gets the derivation behind the system, and the options for its build", async () => {
  const drvPath = "/nix/store/def-nixos-system.drv";
  await settled(new Deployment("web", { ...args, drvPath, nixOptions: { cores: "2" } }));
  const [, , copy] = registered;
  expect(copy?.inputs).toMatchObject({
    interpreter: ["bash", "src/deployment/copy-closure.sh"],
    create: `${args.system} ${drvPath}`,
  });
  expect(requestIn(copy?.inputs.stdin as string)).toMatchObject({
    nixOptions: { cores: "2" },
  });
});

test("only a secret holds the private key, and what copies and activates does not hold it", async () => {
  await settled(new Deployment("web", args));
  const secret = (value: unknown) =>
    (value as Record<string, unknown> | undefined)?.["4dabf18193072939515e22adb298388d"] ===
    "1b47061264138c4ac30d75fd1eb44270";
  const [, running, copy, activation] = registered;
  expect(secret(running?.inputs.target)).toBe(true);
  const { agentSocket, ...request } = requestIn(copy?.inputs.stdin as string);
  expect(agentSocket).toMatch(/^\.nix\/agents\/[0-9a-f]{16}$/);
  expect(request).toEqual({
    address: "192.0.2.1",
    port: 2222,
    user: "root",
    hostPublicKey: "ssh-ed25519 AAAA",
    substituteOnDestination: true,
    compress: false,
    connectTimeoutSeconds: 60,
    stack: "iplz/test",
  });
  expect(secretIn(activation, "connection")).toMatchObject({ agentSocketPath: agentSocket });
  expect(JSON.stringify([copy?.inputs, activation?.inputs])).not.toContain("PRIVATE");
});

test("behind a bastion both are pinned, and the agent that is asked is in the project's folder", async () => {
  const proxyJump = {
    address: "192.0.2.9",
    port: 22,
    user: "jump",
    hostPublicKey: "ssh-ed25519 BBBB",
  };
  const bare = { ...machine, privateKey: undefined, proxyJump };
  await settled(new Deployment("web", { ...args, machine: bare }));
  const [, , copy, activation] = registered;
  const request = requestIn(copy?.inputs.stdin as string);
  expect(request.proxyJump).toEqual(proxyJump);
  expect("agentSocket" in request).toBe(false);
  const connection = secretIn(activation, "connection") as { readonly agentSocketPath: string };
  const { agentSocketPath } = connection;
  expect(agentSocketPath).toMatch(/^\.nix\/agents\/[0-9a-f]{16}$/);
  // What @pulumi/command adds of its own.
  const dial = { dialErrorLimit: 10, perDialTimeout: 15 };
  expect(connection).toEqual({
    ...dial,
    host: "192.0.2.1",
    port: 2222,
    user: "root",
    hostKey: "ssh-ed25519 AAAA",
    agentSocketPath,
    proxy: {
      ...dial,
      host: "192.0.2.9",
      port: 22,
      user: "jump",
      hostKey: "ssh-ed25519 BBBB",
      agentSocketPath,
    },
  });
});

/** What is in a secret input. */
function secretIn(resource: Registered | undefined, input: string): unknown {
  return (resource?.inputs[input] as { readonly value: unknown } | undefined)?.value;
}
