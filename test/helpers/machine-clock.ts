import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** The time of day on one machine, until the end of `await using`. */
export interface MachineClock extends AsyncDisposable {
  /** Has it differ from this computer's by so many seconds, from now on and all at once. */
  set(seconds: number): Promise<void>;
}

const library = "/run/clock.so";

/** A setting of the machine's SSH server that gives its sessions the machine's own clock. */
export const clockOfSessions = `SetEnv = "LD_PRELOAD=${library}";`;

/** A script that sets the clock, for everything that has it at once. */
export function setClock(seconds: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(seconds));
  const octal = Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, "0")}`);
  return `printf '${octal.join("")}' 1<>/run/clock`;
}

/**
 * Gives a machine, whose kernel is this computer's, a time of day of its own: everything sees it that
 * its systemd starts from now on, and these services, which are restarted.
 *
 * @param run runs a script on the machine as root.
 */
export async function giveOwnClock(
  run: (script: string) => Promise<unknown>,
  services: readonly string[],
): Promise<MachineClock> {
  const text = (await compile()).toString("base64");
  await run(`${setClock(0)} && echo ${text} | base64 --decode >${library}`);
  const restart = `systemctl restart ${services.join(" ")}`;
  await run(`systemctl set-environment LD_PRELOAD=${library} && ${restart}`);
  return {
    set: async (seconds) => void (await run(setClock(seconds))),
    [Symbol.asyncDispose]: async () =>
      void (await run(`systemctl unset-environment LD_PRELOAD && ${restart}`)),
  };
}

async function compile(): Promise<Buffer> {
  await using folder = await mkdtempDisposable(join(tmpdir(), "clock-"));
  const program = join(folder.path, "clock.so");
  const source = join(import.meta.dirname, "machine-clock.c");
  const options = ["-shared", "-fPIC", "-O2", "-s", "-Wall", "-Wextra", "-Werror"];
  await execa("cc", [...options, "-o", program, source]);
  return readFile(program);
}
