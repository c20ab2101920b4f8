import "../compile-cache.ts";
import { text } from "node:stream/consumers";
import { NixError } from "../nix/cli.ts";
import { SshError } from "../ssh/reasons.ts";
import { copyClosureToMachine } from "./copy-to-machine.ts";

// Copies the closure of a store path to a machine. The store path is the argument; where and how to
// copy comes as JSON on standard input, for it holds the private key.
const [storePath = ""] = process.argv.slice(2);
try {
  await copyClosureToMachine(storePath, JSON.parse(await text(process.stdin)), (line) =>
    process.stdout.write(`${line}\n`),
  );
} catch (error) {
  if (!(error instanceof NixError || error instanceof SshError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
