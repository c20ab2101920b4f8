import { join } from "node:path";
import { commandSuite } from "./command.ts";
import { pytest } from "./pytest.ts";
import { shellcheck } from "./shellcheck.ts";
import type { Suite } from "./suite.ts";
import { vitest } from "./vitest.ts";

const app = { cwd: "app" };

/** The quick ones first. */
export const suites: Readonly<Record<string, Suite>> = {
  biome: commandSuite("biome", ["check", "--error-on-warnings", "."]),
  tsc: commandSuite("tsc", []),
  shellcheck,
  ruff: commandSuite("ruff", ["check"], app),
  "ruff-format": commandSuite("ruff", ["format", "--check"], app),
  mypy: commandSuite("mypy", [], app),
  pytest,
  flake: commandSuite("nix", flakeCheck()),
  vitest,
};

function flakeCheck(): string[] {
  const home = process.env.SANDBOX_HOME;
  if (!home) throw new Error("SANDBOX_HOME is not set: run this with `npm test`.");
  return [
    ["flake", "check", "--no-write-lock-file", "--print-build-logs"],
    ["--extra-experimental-features", "nix-command flakes"],
    ["--override-input", "nixpkgs", `path:${join(home, "nixpkgs")}`],
    ["--option", "substituters", ""],
  ].flat();
}
