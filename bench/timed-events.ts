import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { execa } from "execa";

/** An event of the engine, and when it was told: seconds after the command began. */
export interface TimedEvent {
  readonly seconds: number;
  readonly event: EngineEvent;
}

export interface TimedCommand {
  readonly events: readonly TimedEvent[];
  /** Seconds that the command took. */
  readonly seconds: number;
}

/** Runs the CLI and takes down when each event of the engine came; its own times are whole seconds. */
export async function timePulumi(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<TimedCommand> {
  const log = join(cwd, ".state", "events.json");
  await writeFile(log, "");
  const began = performance.now();
  const now = () => (performance.now() - began) / 1000;
  const cli = execa("pulumi", [...args, "--non-interactive", "--event-log", log], {
    cwd,
    // The log is among its options for debugging.
    env: { ...env, PULUMI_DEBUG_COMMANDS: "true" },
  });
  const tail = execa("tail", ["--follow", "--lines=+1", `--pid=${cli.pid}`, log]);
  const events: TimedEvent[] = [];
  const reading = (async () => {
    for await (const line of tail) events.push({ seconds: now(), event: JSON.parse(line) });
  })();
  const [seconds] = await Promise.all([cli.then(now), reading]);
  return { events, seconds };
}
