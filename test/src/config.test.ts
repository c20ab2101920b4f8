import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";

const ed25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUk";

/** What the CLI hands over for a stack that sets nothing: the defaults of Pulumi.yaml. */
const defaults = {
  machines: "sandbox",
  count: "1",
  hosts: "[]",
  flake: ".",
  configuration: "live",
  bootstrapConfiguration: "bootstrap",
  overrideInputs: "{}",
  values: "{}",
  nixOptions: "{}",
  builders: "",
  privateKey: "",
  authorizedKeys: "[]",
  substituteOnDestination: "false",
  compress: "false",
  keepGenerations: "3",
  connectTimeoutSeconds: "60",
};

beforeEach(async () => {
  await pulumi.runtime.setMocks(
    { newResource: ({ inputs }) => ({ id: "", state: inputs }), call: () => ({}) },
    "iplz",
    "test",
  );
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
    machines: "sandbox",
    count: 1,
    hosts: [],
    flake: ".",
    configuration: "live",
    bootstrapConfiguration: "bootstrap",
    overrideInputs: {},
    values: {},
    nixOptions: {},
    builders: "",
    privateKey: undefined,
    authorizedKeys: [],
    substituteOnDestination: false,
    compress: false,
    keepGenerations: 3,
    connectTimeoutSeconds: 60,
  });
});

test("the defaults tested here are those of Pulumi.yaml", () => {
  const yaml = readFileSync("Pulumi.yaml", "utf8").split("\nconfig:\n")[1] ?? "";
  const inYaml = [...yaml.matchAll(/^ {2}(\w+):\n(?: {4}.*\n)*? {4}default: (.*)$/gm)].map(
    ([, key, value]) => [key, value === '""' ? "" : value],
  );
  expect(Object.fromEntries(inYaml)).toEqual(defaults);
});

test("existing machines take their defaults", () => {
  const host = { name: "web", address: "192.0.2.1", hostPublicKey: ed25519 };
  configure({ machines: "existing", hosts: JSON.stringify([host]), privateKey: "KEY" });
  expect(readConfig().hosts).toEqual([{ ...host, port: 22, user: "root" }]);
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

test("every fault is told at once, with its key and the value got", () => {
  expect(
    faults({ machines: "cloud", count: "0", keepGenerations: "-1", compress: "maybe" }),
  ).toEqual([
    '- iplz:machines: Invalid option: expected one of "sandbox"|"existing" (got "cloud")',
    "- iplz:count: Too small: expected number to be >=1 (got 0)",
    '- iplz:compress: Invalid input: expected boolean, received string (got "maybe")',
    "- iplz:keepGenerations: Too small: expected number to be >=0 (got -1)",
  ]);
});

test.each([
  ["address", "-oProxyCommand=sh", "must be a host name or an IP address"],
  ["address", "a b", "must be a host name or an IP address"],
  ["address", "a\nProxyCommand sh", "must be a host name or an IP address"],
  ["user", "root; reboot", "must be a user name"],
  ["name", "Web_1", "must be lower-case letters, digits and dashes"],
  ["hostPublicKey", "AAAA", "must be one line as in a .pub file: ssh-ed25519 AAAA..."],
  [
    "hostPublicKey",
    `${ed25519}\n${ed25519}`,
    "must be one line as in a .pub file: ssh-ed25519 AAAA...",
  ],
  ["port", 0, "Too small: expected number to be >=1"],
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
      "Run: pulumi config set --secret iplz:privateKey < KEYFILE",
  ]);
  const host = { name: "web", address: "192.0.2.1", hostPublicKey: ed25519 };
  expect(faults({ hosts: JSON.stringify([host]) })).toEqual([
    "- iplz:hosts: is for machines: existing, but machines is sandbox",
  ]);
});

test.each(["a.b", "", ".", '"a.b".c'])("the configuration name %j is refused", (configuration) => {
  expect(faults({ configuration })).toEqual([
    `- iplz:configuration: must be one name in nixosConfigurations (got ${JSON.stringify(configuration)})`,
  ]);
});
