import { join } from "node:path";
import { sandboxHome } from "../../sandbox/machines/paths.ts";

export interface Fault {
  readonly fault: string;
  /** What becomes of the up and of the machine. */
  readonly happens: string;
  /** What it takes before the next up heals it. */
  readonly heals: string;
}

export type FaultName = keyof typeof faults;

/** Where a test leaves what it measured. */
export function resultFile(name: FaultName): string {
  return join(sandboxHome(), "faults", `${name}.json`);
}

const unlock = "`pulumi cancel`, which unlocks the stack";
const unharmed = "the machine runs what it ran";

/** The table in docs/reliability.md, in its order. */
export const faults = {
  killedInCreation: {
    fault: "the CLI is killed while it makes a machine",
    happens: "what there is of the machine stays",
    heals: unlock,
  },
  killedInBuild: {
    fault: "the CLI is killed while it builds",
    happens: unharmed,
    heals: unlock,
  },
  killedInCopy: {
    fault: "the CLI is killed while it copies",
    happens: unharmed,
    heals: unlock,
  },
  sshDiesInCopy: {
    fault: "SSH dies during the copy",
    happens: `the up fails; ${unharmed}`,
    heals: "nothing",
  },
  diskFullInCopy: {
    fault: "the machine's disk is full during the copy",
    happens: `the up fails and says so; ${unharmed}`,
    heals: "make room on the machine",
  },
  databaseLocked: {
    fault: "the machine's store database is locked",
    happens: "the up waits and carries on by itself",
    heals: "nothing",
  },
  otherMachine: {
    fault: "another machine answers at the address",
    happens: "it is refused before anything is sent, with both fingerprints",
    heals: "find out who it is; then nothing",
  },
  machineGone: {
    fault: "the machine is gone",
    happens: "the up fails after `connectTimeoutSeconds`",
    heals: "`pulumi refresh`, which sees that it is gone",
  },
} satisfies Record<string, Fault>;
