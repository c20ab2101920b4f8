import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { expect, test, vi } from "vitest";
import { parse } from "yaml";
import { readConfig } from "../../src/config.ts";
import { configure, defaults, faults, faultsOnAws } from "./config/configure.ts";
import { ed25519 } from "./config/public-key.ts";

test("the defaults are a whole configuration", () => {
  configure({});
  expect(readConfig()).toEqual({
    strategy: "live",
    machines: "sandbox",
    count: 1,
    hosts: [],
    flake: ".",
    system: "",
    configuration: "live",
    bootstrapConfiguration: "bootstrap",
    imageConfiguration: "server",
    overrideInputs: {},
    values: {},
    nixOptions: {},
    build: { on: "deployer", builders: [] },
    privateKey: undefined,
    sshAgent: false,
    secrets: [],
    authorizedKeys: [],
    substituteOnDestination: false,
    compress: false,
    keepGenerations: 3,
    activation: { mode: "switch", reboot: false, timeoutSeconds: 300, confirmTimeoutSeconds: 30 },
    healthChecks: [],
    connectTimeoutSeconds: 60,
    diff: "short",
    diffFile: "",
    rollout: { maxParallel: 0, canaries: 0 },
    platform: "x86_64-linux",
    instanceType: "t3.micro",
    baseImage: "built",
    catalogRelease: "26.05",
    image: "",
    retainImages: 0,
    replaceMachines: false,
    httpCidrs: ["0.0.0.0/0", "::/0"],
    sshCidrs: [],
    elasticIp: false,
    rootVolumeGiB: 8,
    rootVolumeEncrypted: true,
    dataVolume: undefined,
    importTimeoutMinutes: 120,
    forceDestroyBucket: false,
  });
});

test("the defaults tested here are those of Pulumi.yaml", () => {
  const { config } = parse(readFileSync("Pulumi.yaml", "utf8"));
  const inYaml = Object.entries<{ default: unknown }>(config).map(([key, { default: value }]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  expect(Object.fromEntries(inYaml)).toEqual(defaults);
});

test("a text that looks like a number stays a text", () => {
  configure({ configuration: '"8"', flake: "1" });
  expect(readConfig().flake).toBe("1");
});

test("the private key is a secret", async () => {
  configure({ privateKey: "KEY" });
  const { privateKey } = readConfig();
  expect(privateKey && (await pulumi.isSecret(privateKey))).toBe(true);
});

test("the values of secrets are secrets, and what no machine of the stack would get is refused", async () => {
  vi.stubEnv("PULUMI_CONFIG_SECRET_KEYS", '["iplz:secrets"]');
  const secrets = JSON.stringify({ token: { value: "canary", owner: "app" } });
  configure({ secrets });
  const [secret] = readConfig().secrets;
  expect(secret).toMatchObject({ secretName: "token", owner: "app", mode: "0400" });
  expect(secret && (await pulumi.isSecret(secret.value))).toBe(true);
  expect(faultsOnAws({ secrets, strategy: "image", sshCidrs: "[]" })).toEqual([
    "- iplz:secrets: are brought to live machines over SSH, but strategy is image: remove them, or set " +
      "strategy to live",
  ]);
  expect(faults({ secrets: '{"token":{"value":"canary","mode":"canary"}}' })).toEqual([
    '- iplz:secrets["token"].mode: must be four octal digits from 0 on, such as "0400"',
  ]);
});

test("every fault is told at once, with its key and the value got", () => {
  expect(
    faults({ machines: "cloud", count: "0", keepGenerations: "-1", compress: "maybe" }),
  ).toEqual([
    '- iplz:machines: must be one of sandbox, existing and aws (got "cloud")',
    "- iplz:count: must be a whole number from 1 to 250 (got 0)",
    '- iplz:compress: must be true or false (got "maybe")',
    "- iplz:keepGenerations: must be a whole number of at least 0 (got -1)",
  ]);
});

test("what a value has to be is told in plain words, whatever it is", () => {
  expect(
    faults({
      ...{ count: "0.5", connectTimeoutSeconds: '"soon"', importTimeoutMinutes: "1e300" },
      ...{ hosts: '[{"name":"web","address":5,"port":"http"}]', healthChecks: '{"path":"/"}' },
      ...{ flake: "", overrideInputs: '{"nixpkgs":""}', nixOptions: '{"max jobs":"1"}' },
      ...{ build: '"machine"', dataVolume: '{"sizeGiB":99999}' },
    }),
  ).toEqual([
    "- iplz:count: must be a whole number from 1 to 250 (got 0.5)",
    "- iplz:hosts[0].address: must be text (got 5)",
    '- iplz:hosts[0].port: must be a whole number from 1 to 65535 (got "http")',
    "- iplz:hosts[0].hostPublicKey: is missing",
    '- iplz:flake: must not be empty (got "")',
    '- iplz:overrideInputs.nixpkgs: must not be empty (got "")',
    '- iplz:nixOptions["max jobs"]: its name must be that of a Nix option (got "max jobs")',
    '- iplz:build: must be an object (got "machine")',
    '- iplz:healthChecks: must be a list (got {"path":"/"})',
    '- iplz:connectTimeoutSeconds: must be a whole number from 1 to 3600 (got "soon")',
    "- iplz:dataVolume.sizeGiB: must be a whole number from 1 to 16384 (got 99999)",
    "- iplz:importTimeoutMinutes: must be a whole number from 1 to 1440 (got 1e+300)",
  ]);
});

test.each(["a.b", "", ".", '"a.b".c'])("the configuration name %j is refused", (configuration) => {
  expect(faults({ configuration })).toEqual([
    `- iplz:configuration: must be one name in nixosConfigurations (got ${JSON.stringify(configuration)})`,
  ]);
});

test("an unknown key is refused by its name", () => {
  configure({});
  pulumi.runtime.setConfig("iplz:contInuous", "1");
  expect(() => readConfig()).toThrow(
    "- iplz:contInuous: there is no such key; Pulumi.yaml has those that there are",
  );
});

test("values that contradict each other are refused", () => {
  expect(faults({ machines: "existing", count: "2" })).toEqual([
    "- iplz:hosts: is empty, but machines is existing: name them",
    "- iplz:count: is for machines that the stack makes: remove it",
    "- iplz:privateKey: is not set, but existing machines do not know a key that the stack would make. " +
      "Run: pulumi config set --secret iplz:privateKey < KEYFILE; or, for the keys of your ssh-agent: " +
      "pulumi config set iplz:sshAgent true",
  ]);
  const host = { name: "web", address: "192.0.2.1", hostPublicKey: ed25519 };
  expect(faults({ hosts: JSON.stringify([host]) })).toEqual([
    "- iplz:hosts: is for machines: existing, but machines is sandbox",
  ]);
  expect(faults({ sshAgent: "true" })).toEqual([
    "- iplz:sshAgent: is for machines: existing, but machines is sandbox",
  ]);
  const hosts = JSON.stringify([host]);
  expect(faults({ machines: "existing", hosts, sshAgent: "true", privateKey: "KEY" })).toEqual([
    "- iplz:sshAgent: is true, but privateKey is set, too: remove one of the two",
  ]);
});

test("what only another strategy or kind of machine heeds is refused", () => {
  expect(faults({ strategy: "image" })).toEqual([
    "- iplz:strategy: image makes a machine from an AMI, but machines is sandbox: set machines to aws, " +
      "or strategy to live",
  ]);
  expect(
    faults({ sshCidrs: '["192.0.2.0/24"]', elasticIp: "true", dataVolume: '{"sizeGiB":1}' }),
  ).toEqual(
    ["sshCidrs", "elasticIp", "dataVolume"].map(
      (key) => `- iplz:${key}: is for machines: aws, but machines is sandbox: remove it`,
    ),
  );
  expect(faultsOnAws({ image: "ami-0123456789abcdef0", retainImages: "2" })).toEqual([
    "- iplz:image: is for strategy image, but strategy is live: remove it",
    "- iplz:retainImages: is for strategy image, but strategy is live: remove it",
  ]);
  expect(faultsOnAws({ strategy: "image" })).toEqual([
    "- iplz:sshCidrs: opens the SSH port, but authorizedKeys is empty, so nobody could log in: set both, or none",
  ]);
  expect(
    faultsOnAws({
      strategy: "image",
      sshCidrs: "[]",
      baseImage: "catalog",
      replaceMachines: "true",
      activation: '{"mode":"test"}',
      healthChecks: '[{"unit":"iplz.service"}]',
    }),
  ).toEqual([
    "- iplz:activation: is for strategy live; an image stack activates nothing: remove it",
    "- iplz:healthChecks: is for strategy live; an image stack activates nothing: remove it",
    "- iplz:baseImage: is for strategy live; an image stack builds its own: remove it",
    "- iplz:replaceMachines: is for strategy live; an image stack always does: remove it",
  ]);
});
