import { createRequire } from "node:module";

interface SdkLog {
  debug(message: string, ...rest: readonly unknown[]): Promise<void>;
}

/** What the SDK marks a secret with wherever it passes one on. */
const SECRET = "4dabf18193072939515e22adb298388d";

const require = createRequire(import.meta.url);
const log: SdkLog = require("@pulumi/pulumi/log/index.js");
const { debug } = log;

// The SDK puts each answer of the engine into a message for its developers, secrets in plain text, and
// `pulumi up --json` prints those messages, asked to or not.
log.debug = (message, ...rest) =>
  debug(message.includes(SECRET) ? `${beginningOf(message)}, with a secret` : message, ...rest);

function beginningOf(message: string): string {
  return message.split(/[;,]/, 1)[0] ?? "";
}
