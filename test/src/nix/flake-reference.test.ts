import { expect, test } from "vitest";
import { absoluteFlakeReference } from "../../../src/nix/flake-reference.ts";

test.each([
  [".", "/project"],
  ["..", "/"],
  ["./nix", "/project/nix"],
  ["/elsewhere", "/elsewhere"],
  ["path:./nix", "path:/project/nix"],
  ["path:nix?narHash=sha256-x", "path:/project/nix?narHash=sha256-x"],
  ["path:/elsewhere", "path:/elsewhere"],
  ["github:NixOS/nixpkgs", "github:NixOS/nixpkgs"],
  ["git+ssh://host/repo?dir=nix", "git+ssh://host/repo?dir=nix"],
  ["nixpkgs", "nixpkgs"],
])("%s seen from /project is %s", (reference, absolute) => {
  expect(absoluteFlakeReference(reference, "/project")).toBe(absolute);
});
