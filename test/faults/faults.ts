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
const goesBack = "the machine goes back to the system before";
const bootsBack = "the machine reboots once more, into the system before";
const mend = "mend the system";
const unharmed = "the machine runs what it ran";

/** The table in docs/reliability.md, in its order. */
export const faults = {
  serviceFails: {
    fault: "a service of the new system fails",
    happens: `${goesBack}; the service's log lines are on the screen`,
    heals: mend,
  },
  healthCheckFails: {
    fault: "a health check of the new system does not hold",
    happens: `${goesBack}; the check is named, with what it got`,
    heals: mend,
  },
  hangsInSwitch: {
    fault: "a unit hangs in the switch",
    happens: `after \`activation.timeoutSeconds\` ${goesBack}`,
    heals: mend,
  },
  breaksSshd: {
    fault: "the new system's SSH server lets nobody in",
    happens: `nobody can confirm; after \`confirmTimeoutSeconds\` ${goesBack}`,
    heals: mend,
  },
  breaksFirewall: {
    fault: "the new system's firewall closes the SSH port",
    happens: `nobody can confirm; after \`confirmTimeoutSeconds\` ${goesBack}`,
    heals: mend,
  },
  networkCutForSeconds: {
    fault: "the network is cut during the switch, and comes back in time",
    happens: "the up goes on where it was, and succeeds",
    heals: "nothing",
  },
  networkCutForGood: {
    fault: "the network is cut during the switch, and comes back too late",
    happens: `${goesBack} by itself, cut off as it is`,
    heals: "nothing",
  },
  rebootInSwitch: {
    fault: "the machine is reset during the switch",
    happens: "it boots the system before, since the new one was not confirmed",
    heals: "nothing",
  },
  diskFullInActivation: {
    fault: "the machine's disk fills up during the activation",
    happens: goesBack,
    heals: "make room on the machine",
  },
  missingPath: {
    fault: "a store path of the new system is gone from the machine's disk",
    happens: `the activation is refused and names the path; ${unharmed}`,
    heals: "bring the path back, as `nix-store --repair-path` on the machine does",
  },
  rebootUnhealthy: {
    fault: "the system of an activation by reboot does not pass its health check",
    happens: bootsBack,
    heals: mend,
  },
  rebootBreaksSshd: {
    fault: "the system of an activation by reboot lets nobody in",
    happens: `nobody can confirm; after \`confirmTimeoutSeconds\` ${bootsBack}`,
    heals: mend,
  },
  rebootUnitFails: {
    fault: "a unit fails in the boot of an activation by reboot",
    happens: `${bootsBack}; the unit's log lines are on the screen`,
    heals: mend,
  },
  killedInReboot: {
    fault: "the CLI is killed while a machine reboots for its activation",
    happens: `nobody confirms; ${bootsBack}`,
    heals: unlock,
  },
  clockAhead: {
    fault: "the machine's clock is set a day ahead during the switch",
    happens: "the up succeeds",
    heals: "nothing",
  },
  clockBack: {
    fault: "the machine's clock is set an hour back during the switch",
    happens: "the up succeeds",
    heals: "nothing",
  },
  twoDeployers: {
    fault: "another deployer activates at the same time",
    happens: "refused, and told who is at it; the other one is not disturbed",
    heals: "wait for the other",
  },
  killedInActivation: {
    fault: "the CLI is killed during the activation",
    happens: `nobody confirms; ${goesBack}`,
    heals: unlock,
  },
  interruptedOnce: {
    fault: "Ctrl-C once during the activation",
    happens: `the CLI ends; nobody confirms, and ${goesBack}`,
    heals: "nothing",
  },
  interruptedTwice: {
    fault: "Ctrl-C twice during the activation",
    happens: "the same, at once",
    heals: unlock,
  },
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
  idleCallers: {
    fault: "a thousand callers of the service say nothing, or half a request, and hold on",
    happens: "the service answers the others; the up is not disturbed",
    heals: "nothing",
  },
  machineGone: {
    fault: "the machine is gone",
    happens: "the up fails after `connectTimeoutSeconds`",
    heals: "`pulumi refresh`, which sees that it is gone",
  },
} satisfies Record<string, Fault>;
