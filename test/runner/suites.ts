import { join } from "node:path";
import { hostSystem } from "../../src/nix/evaluate.ts";
import { commandSuite } from "./command.ts";
import { gofmt, goVet } from "./go.ts";
import { pytest } from "./pytest.ts";
import { shellcheck } from "./shellcheck.ts";
import type { Suite } from "./suite.ts";
import { vitest } from "./vitest.ts";

const home = process.env.SANDBOX_HOME;
if (!home) throw new Error("SANDBOX_HOME is not set: run this with `npm test`.");

/** The application's tools are the ones that setup installed, whatever else is on PATH. */
const inApp = (tool: string, ...words: string[]) =>
  commandSuite(join(home, "venv/bin", tool), words, { cwd: "app" });

/** The same tools for the API of the sandbox's AWS, which has an environment of its own. */
const inAws = (tool: string, ...words: string[]) =>
  commandSuite(join(home, "venv/bin", tool), words, { cwd: "sandbox/aws" });

/** The flake's checks that the stand-in for nixpkgs can build; the others it only evaluates. */
const buildable = [
  "package-iplz",
  "package-iplz-server",
  "host-bootstrap",
  "host-live",
  "host-server",
  "options-documented",
].map((check) => `.#checks.${hostSystem()}.${check}`);

/** The quick ones first. */
export const suites: Readonly<Record<string, Suite>> = {
  biome: commandSuite("biome", ["check", "--error-on-warnings", "."]),
  tsc: commandSuite("tsc", []),
  shellcheck,
  gofmt,
  "go-vet": goVet,
  ruff: inApp("ruff", "check"),
  "ruff-format": inApp("ruff", "format", "--check"),
  mypy: inApp("mypy"),
  "aws-ruff": inAws("ruff", "check"),
  "aws-ruff-format": inAws("ruff", "format", "--check"),
  "aws-mypy": inAws("mypy", "--python-executable", join(home, "aws-venv/bin/python")),
  pytest: pytest(join(home, "venv/bin/pytest")),
  flake: commandSuite("nix", ["flake", "check", "--no-build", ...fromStandIn(home)]),
  "flake-builds": commandSuite("nix", ["build", "--no-link", ...fromStandIn(home), ...buildable]),
  vitest,
};

function fromStandIn(home: string): string[] {
  return [
    ["--no-write-lock-file", "--print-build-logs"],
    ["--override-input", "nixpkgs", `path:${join(home, "nixpkgs")}`],
  ].flat();
}
