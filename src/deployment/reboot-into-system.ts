import { text } from "node:stream/consumers";
import { SshError } from "../ssh/reasons.ts";
import { rebootMachine } from "./reboot-machine.ts";

// Activates a system by a reboot of its machine. The command that starts it there is the argument; how
// to get in comes as JSON on standard input.
const [command = ""] = process.argv.slice(2);
try {
  const request = JSON.parse(await text(process.stdin));
  process.exitCode = await rebootMachine(command, request, (line) =>
    process.stdout.write(`${line}\n`),
  );
} catch (error) {
  if (!(error instanceof SshError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
