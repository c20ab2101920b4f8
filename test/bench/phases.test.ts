import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { phasesOf } from "../../bench/phases.ts";
import type { TimedEvent } from "../../bench/timed-events.ts";

const urnOf = (type: string, name: string) => `urn:pulumi:local::iplz::${type}::${name}`;

function at(seconds: number, event: object): TimedEvent {
  return { seconds, event: { sequence: 0, timestamp: 0, ...event } as EngineEvent };
}

function resource(type: string, name: string, begin: number, end: number, custom = true) {
  const metadata = { urn: urnOf(type, name), type, new: { custom } };
  return [
    at(begin, { resourcePreEvent: { metadata } }),
    at(end, { resOutputsEvent: { metadata } }),
  ];
}

const told = (seconds: number, message: string) => at(seconds, { diagnosticEvent: { message } });

const build = "pulumi-nodejs:dynamic/nix:Build";
const events = [
  at(1, { preludeEvent: {} }),
  ...resource("pulumi:pulumi:Stack", "iplz-local", 2, 29, false),
  told(3, "Registering resource: t=pulumi-nodejs:dynamic/ssh:Key, name=key, custom=true"),
  ...resource("nixos:deployment:Deployment", "machine-1", 3, 28, false),
  ...resource("pulumi:providers:pulumi-nodejs", "default", 3.5, 3.6),
  ...resource("pulumi-nodejs:dynamic/ssh:Key", "key", 4, 5),
  ...resource(build, "bootstrap-system", 7, 9),
  ...resource(build, "system", 9.25, 20),
  told(8, "building etc (1 of 2)"),
  told(10, "building python3-pygments (2 of 9)"),
  told(12, "python3-pygments> building wheel"),
  told(14, "building small (3 of 9)"),
  told(14.5, "python3-iplz> running tests"),
  told(15.5, "python3-iplz> all passed"),
  ...resource("pulumi-nodejs:dynamic/sandbox:Machine", "machine-1", 9.5, 11),
  ...resource("pulumi:providers:command", "default_1_2_1", 21, 21.1),
  ...resource("command:local:Command", "machine-1-copy", 22, 24),
  ...resource("command:remote:Command", "machine-1-activation", 24.5, 28),
].toSorted((a, b) => a.seconds - b.seconds);

test("what an up waited for adds up to the whole of it, and what went on beside it is told, too", () => {
  const phases = phasesOf({ events, seconds: 30 });
  expect(
    phases.map(({ name, begin, seconds, isOnTheWay }) => [name, begin, seconds, isOnTheWay]),
  ).toEqual([
    ["the CLI: project, state, secrets", 0, 1, true],
    ["Node.js and the Pulumi SDK", 1, 1, true],
    ["the program and what it imports", 2, 1, true],
    ["the dynamic providers' process", 3, 1, true],
    ["Key `key`", 4, 1, true],
    ["evaluation", 5, 2, true],
    ["Build `bootstrap-system`", 7, 2, true],
    ["the engine, up to Build `system`", 9, 0.25, true],
    ["Build `system`", 9.25, 10.75, true],
    ["Machine `machine-1`", 9.5, 1.5, false],
    ["the start of plugin command", 20, 2, true],
    ["Command `machine-1-copy`", 22, 2, true],
    ["the engine, up to Command `machine-1-activation`", 24, 0.5, true],
    ["Command `machine-1-activation`", 24.5, 3.5, true],
    ["the program's outputs, the state, the CLI's end", 28, 2, true],
  ]);
  const onTheWay = phases.filter((phase) => phase.isOnTheWay);
  expect(onTheWay.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(30);
});

test("a build names what took it at least a second", () => {
  const phases = phasesOf({ events, seconds: 30 });
  const parts = phases.filter((phase) => phase.parts.length > 0);
  expect(parts.map(({ name, parts }) => [name, parts])).toEqual([
    ["Build `bootstrap-system`", [{ name: "etc", seconds: 1 }]],
    [
      "Build `system`",
      [
        { name: "python3-pygments", seconds: 4 },
        { name: "python3-iplz", seconds: 5.5 },
      ],
    ],
  ]);
});

test("an up that ends before its first resource is its start", () => {
  const phases = phasesOf({ events: events.slice(0, 1), seconds: 3 });
  expect(phases.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(3);
});
