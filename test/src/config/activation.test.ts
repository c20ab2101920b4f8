import { expect, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { configure, faults } from "./configure.ts";

test("a rollout is refused where it could not hold its promise", () => {
  expect(faults({ count: "3", rollout: '{"canaries": 2, "maxParallel": 1}' })).toEqual([]);
  expect(faults({ count: "2", rollout: '{"canaries": 2}' })).toEqual([
    "- iplz:rollout.canaries: is 2, but there are 2 machines in all, so that none would wait for " +
      "them: take fewer",
  ]);
  expect(faults({ rollout: '{"maxParallel": -1, "canary": 1}' })).toEqual([
    "- iplz:rollout.maxParallel: must be a whole number of at least 0 (got -1)",
    '- iplz:rollout: has no part "canary": correct its name, or remove it',
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
  ["", { path: "/", stattus: 200 }, 'has no part "stattus": correct its name, or remove it'],
  [".path", { path: "healthz" }, "must be a URL's path such as /healthz"],
  [".bodyPattern", { path: "/", bodyPattern: "(" }, "must be a regular expression"],
  [".command", { command: "a\0" }, "must not hold a NUL"],
  [".unit", { unit: "-iplz" }, "must be a unit with its suffix such as iplz.service"],
  [
    ".timeoutSeconds",
    { unit: "a.service", timeoutSeconds: 0 },
    "must be a whole number from 1 to 3600 (got 0)",
  ],
])("a health check is refused at %j for %j", (at, check, message) => {
  const [fault, ...others] = faults({ healthChecks: JSON.stringify([check]) });
  expect(others).toEqual([]);
  expect(fault?.startsWith(`- iplz:healthChecks[0]${at}: ${message}`)).toBe(true);
});

test("an activation is refused by its part", () => {
  expect(faults({ activation: '{"mode":"now","timeoutSeconds":0,"canary":1}' })).toEqual([
    '- iplz:activation.mode: must be one of switch, boot, test and dry-activate (got "now")',
    "- iplz:activation.timeoutSeconds: must be a whole number from 1 to 86400 (got 0)",
    '- iplz:activation: has no part "canary": correct its name, or remove it',
  ]);
});

test.each(["switch", "test", "dry-activate"])("a reboot is refused with mode %s", (mode) => {
  expect(faults({ activation: JSON.stringify({ mode, reboot: true }) })).toEqual([
    `- iplz:activation.reboot: is for mode boot, but activation.mode is ${mode}: set it to boot, or remove reboot`,
  ]);
});
