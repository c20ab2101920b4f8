import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import type { TestHome } from "./test-home.ts";

const commands = ["flock", "mount", "umount", "nix", "ip", "rm"];

/** What a machine's life is made of, as the name of an exported function and its arguments. */
export type Step = readonly [name: "createMachine" | "startMachine" | "deleteMachine", box: string];

export interface DyingRun {
  /** How many commands of this computer the step called. */
  readonly calls: number;
  readonly wasKilled: boolean;
}

/**
 * Does a step in a process of its own that is killed when it calls its Nth command of this computer;
 * the command goes on a moment later, as one may whose caller was killed. N = 0 kills nothing.
 *
 * @param cancelSignal kills the process too.
 */
export async function runAndKillAtCommand(
  at: TestHome,
  step: Step,
  n: number,
  cancelSignal?: AbortSignal,
): Promise<DyingRun> {
  const folder = await mkdtemp(join(at.home, "dying-"));
  const calls = join(folder, "calls");
  await writeFile(calls, "");
  for (const command of commands) {
    await writeFile(join(folder, command), wrapper(command), { mode: 0o755 });
  }
  const { signal } = await execa(
    process.execPath,
    ["--input-type=module-typescript", "--eval", program(at, step)],
    {
      env: {
        PATH: `${folder}${delimiter}${process.env.PATH}`,
        CALLS: calls,
        KILL_AT: String(n),
      },
      reject: n === 0 && !cancelSignal,
      killSignal: "SIGKILL",
      ...(cancelSignal && { cancelSignal }),
    },
  );
  const called = (await readFile(calls, "utf8")).split("\n").length - 1;
  return { calls: called, wasKilled: signal === "SIGKILL" };
}

const wrapper = (command: string) => `#!/bin/sh
PATH=\${PATH#*:}
call=$(flock "$CALLS" sh -c 'echo ${command} >>"$CALLS"; wc -l <"$CALLS"')
if [ "$call" = "$KILL_AT" ]; then
  kill -9 "$PPID"
  sleep 0.2
fi
exec ${command} "$@"
`;

const program = ({ home, seed }: TestHome, [name, box]: Step) => `
import { ${name} } from ${JSON.stringify(join(import.meta.dirname, "../../../sandbox/machines/machine.ts"))};
await ${name}(${JSON.stringify(home)}, ${JSON.stringify(box)}, ${JSON.stringify(seed)});
`;
