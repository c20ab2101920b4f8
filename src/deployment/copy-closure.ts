import "../compile-cache.js";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { NixError } from "../nix/cli.ts";
import { CopyLog } from "../nix/copy-log.ts";
import { SshError } from "../ssh/reasons.ts";
import { requestIn } from "./copy-input.ts";
import { copyClosureToMachine, explainCopy } from "./copy-to-machine.ts";

// What is more than a copy that goes well, which copy-closure.sh makes: has the machine build the store
// path where a derivation follows it; where the log of a failed copy is given, tells why it failed, or
// copies once the machine answers.
const [target = "", failedLog] = process.argv.slice(2);
const [storePath = "", drvPath] = target.split(" ");
const tell = (line: string) => process.stdout.write(`${line}\n`);
try {
  const request = requestIn(await text(process.stdin));
  const failed = await readLog(failedLog);
  // What is begun was let in, and is not begun anew by itself: its reason may be on the machine.
  if (failed?.progress) throw await explainCopy(storePath, request, failed.words);
  if (drvPath === undefined) await copyClosureToMachine(storePath, request, tell);
  else await (await import("./build-there.ts")).buildThere(storePath, drvPath, request, tell);
} catch (error) {
  if (!(error instanceof NixError || error instanceof SshError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function readLog(file: string | undefined): Promise<CopyLog | undefined> {
  if (file === undefined) return undefined;
  const log = new CopyLog();
  for (const line of (await readFile(file, "utf8")).trimEnd().split("\n")) log.take(line);
  return log;
}
