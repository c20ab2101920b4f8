import "../compile-cache.js";
import { text } from "node:stream/consumers";
import { NixError } from "../nix/cli.ts";
import { SshError } from "../ssh/reasons.ts";
import { copyClosureToMachine } from "./copy-to-machine.ts";

// Copies the closure of a store path to a machine, or has the machine build it where a derivation follows
// the store path. Where and how comes as JSON on standard input, for it holds the private key.
const [storePath = "", drvPath] = (process.argv[2] ?? "").split(" ");
const tell = (line: string) => process.stdout.write(`${line}\n`);
try {
  const request = JSON.parse(await text(process.stdin));
  if (drvPath === undefined) await copyClosureToMachine(storePath, request, tell);
  else await (await import("./build-there.ts")).buildThere(storePath, drvPath, request, tell);
} catch (error) {
  if (!(error instanceof NixError || error instanceof SshError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
