import "../compile-cache.js";
import { once } from "node:events";
import { openSync, readSync } from "node:fs";
import { CopyLog } from "../nix/copy-log.ts";
import { tellCopy } from "./tell-copy.ts";

// Tells how far a copy has come, by the log that Nix writes to the file, until standard input ends.
const [file = "", storePath = ""] = process.argv.slice(2);
const descriptor = openSync(file, "r");
const buffer = Buffer.alloc(2 ** 16);
const log = new CopyLog();
let begun = "";

/** Takes the lines that came since the last time. */
function readOn(): void {
  for (let size = -1; size !== 0; ) {
    size = readSync(descriptor, buffer);
    const lines = (begun + buffer.toString("latin1", 0, size)).split("\n");
    begun = lines.pop() ?? "";
    for (const line of lines) log.take(line);
  }
}

const ended = once(process.stdin.resume(), "end");
const followed = {
  get progress() {
    readOn();
    return log.progress;
  },
};
await tellCopy(storePath, ended, followed, (line) => process.stdout.write(`${line}\n`));
