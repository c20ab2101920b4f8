import { join } from "node:path";
import { commandSuite } from "./command.ts";
import { pytest } from "./pytest.ts";
import { shellcheck } from "./shellcheck.ts";
import type { Suite } from "./suite.ts";
import { vitest } from "./vitest.ts";

const home = process.env.SANDBOX_HOME;
if (!home) throw new Error("SANDBOX_HOME is not set: run this with `npm test`.");

/** The application's tools are the ones that setup installed, whatever else is on PATH. */
const inApp = (tool: string, ...words: string[]) =>
  commandSuite(join(home, "venv/bin", tool), words, { cwd: "app" });

/** The quick ones first. */
export const suites: Readonly<Record<string, Suite>> = {
  biome: commandSuite("biome", ["check", "--error-on-warnings", "."]),
  tsc: commandSuite("tsc", []),
  shellcheck,
  ruff: inApp("ruff", "check"),
  "ruff-format": inApp("ruff", "format", "--check"),
  mypy: inApp("mypy"),
  pytest: pytest(join(home, "venv/bin/pytest")),
  flake: commandSuite("nix", flakeCheck(home)),
  vitest,
};

function flakeCheck(home: string): string[] {
  return [
    ["flake", "check", "--no-write-lock-file", "--print-build-logs"],
    ["--extra-experimental-features", "nix-command flakes"],
    ["--override-input", "nixpkgs", `path:${join(home, "nixpkgs")}`],
    ["--option", "substituters", ""],
  ].flat();
}
