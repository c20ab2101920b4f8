import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { join, resolve } from "node:path";

/** Where one machine has its files, and what it is called elsewhere on the computer. */
export interface MachinePaths {
  readonly name: string;
  readonly home: string;
  /** Everything of the machine, gone when it is deleted. */
  readonly folder: string;
  /** The file that {@link MachineRecord} is kept in. */
  readonly record: string;
  /** Link to the base root that the machine was made on. */
  readonly lower: string;
  /** The machine's own files: what differs from its base root. */
  readonly upper: string;
  readonly work: string;
  /** The machine's root file system, while it is mounted. */
  readonly root: string;
  readonly console: string;
  /** Short enough for an interface name (15 characters), and of one machine of one clone only. */
  readonly id: string;
  readonly namespace: string;
  readonly interface: string;
  readonly cgroup: string;
}

const namePattern = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Why the value cannot be a machine's name, or undefined when it can. */
export function faultInMachineName(name: unknown): string | undefined {
  if (typeof name === "string" && namePattern.test(name)) return undefined;
  return (
    `${JSON.stringify(name)} cannot be a machine's name: it is a host name of 1 to 63 lower-case ` +
    "letters, digits and hyphens that begins with a letter and does not end with a hyphen."
  );
}

/** The folder of everything that the sandbox makes: .sandbox of this clone, or SANDBOX_HOME. */
export function sandboxHome(): string {
  return resolve(process.env.SANDBOX_HOME || ".sandbox");
}

export function machinesFolder(home: string): string {
  return join(home, "machines");
}

/** @throws {Error} when the name cannot be one: it becomes part of paths and commands. */
export async function machinePaths(home: string, name: string): Promise<MachinePaths> {
  const fault = faultInMachineName(name);
  if (fault) throw new Error(fault);
  return pathsIn(home, join(machinesFolder(await realpath(home)), name), name);
}

/** The paths of a machine in a folder of its own. */
export function pathsIn(home: string, folder: string, name: string): MachinePaths {
  const id = createHash("sha256").update(folder).digest("hex").slice(0, 10);
  return {
    name,
    home,
    folder,
    record: join(folder, "machine.json"),
    lower: join(folder, "lower"),
    upper: join(folder, "upper"),
    work: join(folder, "work"),
    root: join(folder, "root"),
    console: join(folder, "console.log"),
    id,
    namespace: `sandbox-${id}`,
    interface: `sb${id}`,
    cgroup: `sandbox-${id}`,
  };
}
