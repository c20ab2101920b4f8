import { expect, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { configure, faults, faultsOnAws } from "./configure.ts";
import { ed25519 } from "./public-key.ts";

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
    '- iplz:build.on: must be one of deployer, builders and machine (got "mac")',
    '- iplz:build: has no part "builder": correct its name, or remove it',
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
