import { expect, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { configure, faults } from "./configure.ts";
import { ed25519 } from "./public-key.ts";

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

const CUT = "must be a whole public key: this one is cut, or not of the type that it begins with";

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
  ["hostPublicKey", ed25519.slice(0, -4), CUT],
  ["hostPublicKey", ed25519.replace("ed25519", "rsa"), CUT],
  ["hostPublicKey", "ssh-ed25519 A", CUT],
  ["port", 0, "must be a whole number from 1 to 65535"],
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
  ).toEqual(['- iplz:hosts[0]: has no part "adress": correct its name, or remove it']);
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
