// Makes one EC2 instance's machine be as the JSON on standard input says, and prints what became of it.
import { text } from "node:stream/consumers";
import { z } from "zod";
import { sandboxHome } from "../machines/paths.ts";
import { description } from "./description.ts";
import { applyDescription } from "./instance.ts";

try {
  const parsed = description.safeParse(JSON.parse(await text(process.stdin)));
  if (!parsed.success)
    throw new Error(`This describes no instance:\n${z.prettifyError(parsed.error)}`);
  console.log(JSON.stringify(await applyDescription(sandboxHome(), parsed.data)));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
