import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { readConfig } from "../../src/config.ts";

const ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUk";

/** What the CLI hands over for a stack that sets nothing: the defaults of Pulumi.yaml. */
const defaults = {
  strategy: "live",
  machines: "sandbox",
  count: "1",
  hosts: "[]",
  flake: ".",
  system: "",
  configuration: "live",
  bootstrapConfiguration: "bootstrap",
  imageConfiguration: "server",
  overrideInputs: "{}",
  values: "{}",
  nixOptions: "{}",
  build: "{}",
  privateKey: "",
  sshAgent: "false",
  secrets: "{}",
  authorizedKeys: "[]",
  substituteOnDestination: "false",
  compress: "false",
  keepGenerations: "3",
  activation: "{}",
  healthChecks: "[]",
  connectTimeoutSeconds: "60",
  diff: "short",
  diffFile: "",
  rollout: "{}",
  platform: "x86_64-linux",
  instanceType: "t3.micro",
  baseImage: "built",
  catalogRelease: "26.05",
  image: "",
  retainImages: "0",
  replaceMachines: "false",
  httpCidrs: '["0.0.0.0/0","::/0"]',
  sshCidrs: "[]",
  elasticIp: "false",
  rootVolumeGiB: "8",
  rootVolumeEncrypted: "true",
  dataVolume: "{}",
  importTimeoutMinutes: "120",
  forceDestroyBucket: "false",
};

beforeEach(async () => {
  await pulumi.runtime.setMocks(
    { newResource: ({ inputs }) => ({ id: "", state: inputs }), call: () => ({}) },
    "iplz",
    "test",
  );
});

afterEach(() => {
  vi.unstubAllEnvs();
});

function configure(changes: Partial<Record<keyof typeof defaults, string>>): void {
  const values = Object.entries({ ...defaults, ...changes });
  pulumi.runtime.setAllConfig(
    Object.fromEntries(values.map(([key, value]) => [`iplz:${key}`, value])),
  );
}

function faults(changes: Partial<Record<keyof typeof defaults, string>>): string[] {
  configure(changes);
  try {
    readConfig();
  } catch (error) {
    expect(error).toBeInstanceOf(pulumi.RunError);
    const lines = (error as Error).message.split("\n");
    expect(lines[0]).toBe("The configuration of stack test cannot be used:");
    expect(lines.at(-1)).toBe("Change a value with: pulumi config set iplz:KEY VALUE");
    return lines.slice(1, -1);
  }
  return [];
}

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

test("a rollout is refused where it could not hold its promise", () => {
  expect(faults({ count: "3", rollout: '{"canaries": 2, "maxParallel": 1}' })).toEqual([]);
  expect(faults({ count: "2", rollout: '{"canaries": 2}' })).toEqual([
    "- iplz:rollout.canaries: is 2, but there are 2 machines in all, so that none would wait for " +
      "them: take fewer",
  ]);
  expect(faults({ rollout: '{"maxParallel": -1, "canary": 1}' })).toEqual([
    "- iplz:rollout.maxParallel: Too small: expected number to be >=0 (got -1)",
    '- iplz:rollout: Unrecognized key: "canary"',
  ]);
});

test("a system is a store path or a whole Git revision", () => {
  const hash = "0c5b8vw40dy178xlpddw65q9gf1h2186";
  expect(faults({ system: `/nix/store/${hash}-nixos-system-web-26.05` })).toEqual([]);
  expect(faults({ system: "2de30cd1e1a0ba6e5a8a1d31a55ddbb70fa2fa1f" })).toEqual([]);
  for (const wrong of ["main", "2de30cd", "/nix/store/x", `/nix/store/${hash}-a b`, "-x"]) {
    expect(faults({ system: wrong })).toEqual([
      "- iplz:system: must be a store path (/nix/store/HASH-NAME) or a Git revision of 40 hexadecimal " +
        `digits (got ${JSON.stringify(wrong)})`,
    ]);
  }
});

test("what activates has no place in an image stack", () => {
  const image = { strategy: "image", machines: "aws" };
  expect(
    faults({ ...image, system: "2".repeat(40), rollout: '{"canaries": 1}' }).filter(
      (fault) => !fault.includes("no region"),
    ),
  ).toEqual([
    "- iplz:system: is for strategy live; an image stack deploys a former AMI by image: remove it",
    "- iplz:rollout: is for strategy live; an image stack activates nothing: remove it",
  ]);
});

test("the defaults tested here are those of Pulumi.yaml", () => {
  const { config } = parse(readFileSync("Pulumi.yaml", "utf8"));
  const inYaml = Object.entries<{ default: unknown }>(config).map(([key, { default: value }]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  expect(Object.fromEntries(inYaml)).toEqual(defaults);
});

test("existing machines take their defaults", () => {
  const host = { name: "web", address: "192.0.2.1", hostPublicKey: ed25519 };
  configure({ machines: "existing", hosts: JSON.stringify([host]), privateKey: "KEY" });
  expect(readConfig().hosts).toEqual([{ ...host, port: 22, user: "root" }]);
  const proxyJump = { address: "192.0.2.9", hostPublicKey: ed25519 };
  configure({
    machines: "existing",
    hosts: JSON.stringify([{ ...host, user: "deploy", port: 2222, proxyJump }]),
    sshAgent: "true",
  });
  expect(readConfig().hosts).toEqual([
    { ...host, user: "deploy", port: 2222, proxyJump: { ...proxyJump, port: 22, user: "root" } },
  ]);
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
    '- iplz:machines: Invalid option: expected one of "sandbox"|"existing"|"aws" (got "cloud")',
    "- iplz:count: Too small: expected number to be >=1 (got 0)",
    '- iplz:compress: Invalid input: expected boolean, received string (got "maybe")',
    "- iplz:keepGenerations: Too small: expected number to be >=0 (got -1)",
  ]);
});

test.each([
  ["address", "-oProxyCommand=sh", "must be a host name or an IP address"],
  ["address", "a b", "must be a host name or an IP address"],
  ["address", "a\nProxyCommand sh", "must be a host name or an IP address"],
  ["name", "Web_1", "must be lower-case letters, digits and dashes"],
  ["hostPublicKey", "AAAA", "must be one line as in a .pub file: ssh-ed25519 AAAA..."],
  [
    "hostPublicKey",
    `${ed25519}\n${ed25519}`,
    "must be one line as in a .pub file: ssh-ed25519 AAAA...",
  ],
  ["port", 0, "Too small: expected number to be >=1"],
  ["user", "-oProxyCommand=x", "must be a name that a user of the machine can have"],
  ["user", "two words", "must be a name that a user of the machine can have"],
])("a host with the %s %j is refused", (key, value, message) => {
  const host = { name: "web", address: "192.0.2.1", hostPublicKey: ed25519, [key]: value };
  expect(
    faults({ machines: "existing", hosts: JSON.stringify([host]), privateKey: "KEY" }),
  ).toEqual([`- iplz:hosts[0].${key}: ${message} (got ${JSON.stringify(value)})`]);
});

test("a property that a host does not have is refused by its name", () => {
  const host = { name: "web", address: "192.0.2.1", hostPublicKey: ed25519, adress: "x" };
  expect(
    faults({ machines: "existing", hosts: JSON.stringify([host]), privateKey: "KEY" }),
  ).toEqual(['- iplz:hosts[0]: Unrecognized key: "adress"']);
});

test("health checks take their defaults", () => {
  const given = [{ path: "/healthz" }, { command: "true" }, { unit: "iplz.service" }];
  configure({ healthChecks: JSON.stringify(given) });
  expect(readConfig().healthChecks).toEqual([
    { path: "/healthz", port: 80, status: 200, timeoutSeconds: 30 },
    { command: "true", timeoutSeconds: 30 },
    { unit: "iplz.service", timeoutSeconds: 30 },
  ]);
});

test.each([
  ["", {}, "must have one of path, command and unit"],
  ["", { path: "/", unit: "a.service" }, "must have one of path, command and unit"],
  ["", { path: "/", stattus: 200 }, 'Unrecognized key: "stattus"'],
  [".path", { path: "healthz" }, "must be a URL's path such as /healthz"],
  [".bodyPattern", { path: "/", bodyPattern: "(" }, "must be a regular expression"],
  [".command", { command: "a\0" }, "must not hold a NUL"],
  [".unit", { unit: "-iplz" }, "must be a unit with its suffix such as iplz.service"],
  [
    ".timeoutSeconds",
    { unit: "a.service", timeoutSeconds: 0 },
    "Too small: expected number to be >=1",
  ],
])("a health check is refused at %j for %j", (at, check, message) => {
  const [fault, ...others] = faults({ healthChecks: JSON.stringify([check]) });
  expect(others).toEqual([]);
  expect(fault?.startsWith(`- iplz:healthChecks[0]${at}: ${message}`)).toBe(true);
});

test("an activation is refused by its part", () => {
  expect(faults({ activation: '{"mode":"now","timeoutSeconds":0,"canary":1}' })).toEqual([
    '- iplz:activation.mode: Invalid option: expected one of "switch"|"boot"|"test"|"dry-activate" (got "now")',
    "- iplz:activation.timeoutSeconds: Too small: expected number to be >=1 (got 0)",
    '- iplz:activation: Unrecognized key: "canary"',
  ]);
});

test.each(["switch", "test", "dry-activate"])("a reboot is refused with mode %s", (mode) => {
  expect(faults({ activation: JSON.stringify({ mode, reboot: true }) })).toEqual([
    `- iplz:activation.reboot: is for mode boot, but activation.mode is ${mode}: set it to boot, or remove reboot`,
  ]);
});

test("a builder takes its defaults, and is refused where it is none", () => {
  const builder = { address: "192.0.2.1", hostPublicKey: ed25519 };
  configure({ build: JSON.stringify({ on: "builders", builders: [builder] }) });
  expect(readConfig().build).toEqual({
    on: "builders",
    builders: [
      {
        ...{ ...builder, port: 22, user: "root", keyFile: "", platforms: ["x86_64-linux"] },
        ...{ maxJobs: 1, speedFactor: 1, features: [] },
      },
    ],
  });
  expect(faults({ build: '{"on":"mac","builder":[]}' })).toEqual([
    '- iplz:build.on: Invalid option: expected one of "deployer"|"builders"|"machine" (got "mac")',
    '- iplz:build: Unrecognized key: "builder"',
  ]);
  const bad = { ...builder, platforms: ["x86 linux"], features: ["a;b"], keyFile: "a\nb" };
  expect(faults({ build: JSON.stringify({ on: "builders", builders: [bad] }) })).toEqual([
    '- iplz:build.builders[0].keyFile: must be the path of a file (got "a\\nb")',
    '- iplz:build.builders[0].platforms[0]: must be a platform, as Nix names it (got "x86 linux")',
    '- iplz:build.builders[0].features[0]: must be a feature, as Nix names it (got "a;b")',
  ]);
  const twice = JSON.stringify({ on: "builders", builders: [builder, builder] });
  expect(faults({ build: twice })[0]).toMatch(
    /^- iplz:build\.builders: must not have the same address twice \(got \[/,
  );
});

test("builders that would not build, and a machine that could not, are refused", () => {
  const builders = [{ address: "192.0.2.1", hostPublicKey: ed25519 }];
  expect(faults({ build: JSON.stringify({ on: "machine", builders }) })).toEqual([
    "- iplz:build.builders: are for build.on: builders, but build.on is machine: set it to builders, or remove them",
  ]);
  expect(faultsOnAws({ strategy: "image", sshCidrs: "[]", build: '{"on":"machine"}' })).toEqual([
    "- iplz:build.on: is machine, but an image is built before there is a machine of it: set it to " +
      "deployer or builders",
  ]);
});

test("two hosts of one name are refused", () => {
  const host = { name: "web", address: "192.0.2.1", hostPublicKey: ed25519 };
  const [fault] = faults({
    machines: "existing",
    hosts: JSON.stringify([host, host]),
    privateKey: "KEY",
  });
  expect(fault).toMatch(/^- iplz:hosts: must not have the same name twice \(got \[/);
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

test.each(["a.b", "", ".", '"a.b".c'])("the configuration name %j is refused", (configuration) => {
  expect(faults({ configuration })).toEqual([
    `- iplz:configuration: must be one name in nixosConfigurations (got ${JSON.stringify(configuration)})`,
  ]);
});

const aws = { machines: "aws", sshCidrs: '["192.0.2.7/32"]' };

function withRegion(): void {
  pulumi.runtime.setConfig("aws:region", "eu-central-1");
}

function faultsOnAws(changes: Parameters<typeof faults>[0]): string[] {
  const before = process.env.AWS_REGION;
  process.env.AWS_REGION = "eu-central-1";
  try {
    return faults({ ...aws, ...changes });
  } finally {
    if (before === undefined) delete process.env.AWS_REGION;
    else process.env.AWS_REGION = before;
  }
}

test("an unknown key is refused by its name", () => {
  configure({});
  pulumi.runtime.setConfig("iplz:contInuous", "1");
  expect(() => readConfig()).toThrow(
    "- iplz:contInuous: there is no such key; Pulumi.yaml has those that there are",
  );
});

test("machines on EC2 need a region, and live ones a network to be deployed from", () => {
  configure({ ...aws, sshCidrs: "[]" });
  withRegion();
  expect(() => readConfig()).toThrow(
    "- iplz:sshCidrs: is empty, but live machines are deployed to over SSH. Set it to your own address, " +
      'which `curl https://checkip.amazonaws.com` prints: ["ADDRESS/32"]',
  );
  delete process.env.AWS_REGION;
  expect(faults(aws)).toEqual([
    "- iplz:machines: is aws, but there is no region. Run: pulumi config set aws:region REGION",
  ]);
});

test("an image stack needs no SSH, and a data volume takes its defaults", () => {
  configure({ strategy: "image", machines: "aws", dataVolume: '{"sizeGiB":20}' });
  withRegion();
  expect(readConfig().dataVolume).toEqual({
    sizeGiB: 20,
    type: "gp3",
    encrypted: true,
    mountPoint: "/data",
    protect: true,
  });
});

test.each([
  ["t4g.micro", "arm64"],
  ["a1.large", "arm64"],
  ["g5g.xlarge", "arm64"],
  ["c7gn.medium", "arm64"],
  ["x2gd.medium", "arm64"],
  ["t3.micro", "x86_64"],
  ["g4dn.xlarge", "x86_64"],
  ["m7i-flex.large", "x86_64"],
])("the instance type %s is for %s", (instanceType, architecture) => {
  const [platform, other] =
    architecture === "arm64"
      ? ["aarch64-linux", "x86_64-linux"]
      : ["x86_64-linux", "aarch64-linux"];
  expect(faultsOnAws({ instanceType, platform })).toEqual([]);
  expect(faultsOnAws({ instanceType, platform: other })).toEqual([
    `- iplz:instanceType: ${instanceType} is ${architecture}, but platform is ${other}: take one such ` +
      `as ${architecture === "arm64" ? "t3.micro" : "t4g.micro"}, or change platform`,
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

test.each(["192.0.2.1", "192.0.2.1/33", "2001:db8::/129", "here/8", "10.0.0.0/8/8", ""])(
  "%j is no network",
  (cidr) => {
    expect(faultsOnAws({ httpCidrs: JSON.stringify([cidr]) })).toEqual([
      `- iplz:httpCidrs[0]: must be a network such as 192.0.2.7/32 or 2001:db8::/32 (got ${JSON.stringify(cidr)})`,
    ]);
  },
);

test("one network twice is refused, since a rule is made of each", () => {
  const twice = ["192.0.2.0/24", "192.0.2.0/24"];
  expect(faultsOnAws({ sshCidrs: JSON.stringify(twice) })).toEqual([
    `- iplz:sshCidrs: must not have the same network twice (got ${JSON.stringify(twice)})`,
  ]);
});
