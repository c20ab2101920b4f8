import { existsSync } from "node:fs";
import { mkdir, rmdir } from "node:fs/promises";
import { type Addresses, areFree, chooseAddresses, type Network, sshPort } from "./addresses.ts";
import { lastConsoleLines } from "./console.ts";
import { isDiskMounted, makeDisk, mountDisk, removeDisk, unmountDisk } from "./disk.ts";
import { withFolderLock } from "./lock.ts";
import { isProcessRunning, killProcess, powerOffProcess, startProcess } from "./machine-process.ts";
import { connectNetwork, disconnectNetwork, isNetworkConnected } from "./network.ts";
import { type MachinePaths, machinePaths, machinesFolder } from "./paths.ts";
import { type MachineRecord, readRecord, recordedNetworks, writeRecord } from "./record.ts";
import { endInterruptedCopy, type Seed, seedDisk } from "./seed.ts";
import { waitForSsh } from "./ssh-ready.ts";

const bootSeconds = 30;

export interface Machine extends Pick<Addresses, "address" | "address6"> {
  readonly state: "running" | "stopped";
}

/**
 * Makes a machine that boots the system, and waits for its SSH server. A machine of the same name
 * and host key, from a run that did not end, is taken over; what a crash left of one is made anew.
 *
 * @throws {Error} when the name is another machine's, or the system does not boot.
 */
export async function createMachine(home: string, name: string, seed: Seed): Promise<Machine> {
  await mkdir(machinesFolder(home), { recursive: true });
  const paths = await machinePaths(home, name);
  await mkdir(paths.folder, { recursive: true });
  return withFolderLock(paths.folder, async () => {
    const record = await readRecord(paths);
    if (record) return bringUp(paths, assertSameIdentity(record, seed));
    await dismantle(paths);
    try {
      return await make(paths, seed);
    } catch (error) {
      await dismantle(paths);
      await rmdir(paths.folder);
      throw error;
    }
  });
}

/**
 * Starts a machine on its own disk, if it is down.
 *
 * @throws {Error} when there is no such machine, or it does not boot.
 */
export async function startMachine(home: string, name: string): Promise<Machine> {
  return withMachine(home, name, bringUp);
}

/** Powers a machine off, if it is up. Its disk and its addresses stay. */
export async function stopMachine(home: string, name: string): Promise<void> {
  await withMachine(home, name, async (paths) => {
    await powerOffProcess(paths);
    await takeDown(paths);
  });
}

/** Deletes a machine with all that it has, or what there is of one. */
export async function deleteMachine(home: string, name: string): Promise<void> {
  if (!existsSync(machinesFolder(home))) return;
  const paths = await machinePaths(home, name);
  if (!existsSync(paths.folder)) return;
  await withFolderLock(paths.folder, async () => {
    await dismantle(paths);
    await rmdir(paths.folder);
  }).catch(whenGone);
}

/** The machine as it is now; undefined when there is none, or only what a crash left of one. */
export async function readMachine(home: string, name: string): Promise<Machine | undefined> {
  if (!existsSync(machinesFolder(home))) return undefined;
  const paths = await machinePaths(home, name);
  const record = await readRecord(paths);
  return record && describe(record, (await isUp(paths)) ? "running" : "stopped");
}

async function withMachine<T>(
  home: string,
  name: string,
  work: (paths: MachinePaths, record: MachineRecord) => Promise<T>,
): Promise<T> {
  const paths = await machinePaths(home, name);
  const missing = () =>
    new Error(
      `There is no sandbox machine ${name} in ${machinesFolder(home)}. ` +
        "`pulumi refresh` takes it out of the stack's state, and `pulumi up` makes it again.",
    );
  if (!existsSync(paths.record)) throw missing();
  return withFolderLock(paths.folder, async () => {
    const record = await readRecord(paths);
    if (!record) throw missing();
    return work(paths, record);
  });
}

/** Everything needed is on the disk before the record says that the machine is made. */
async function make(paths: MachinePaths, seed: Seed): Promise<Machine> {
  await makeDisk(paths);
  await mountDisk(paths);
  await seedDisk(paths.root, seed);
  return boot(paths, async (inUse) => {
    const reserved = await recordedNetworks(paths.home);
    const record: MachineRecord = {
      name: paths.name,
      hostPublicKey: seed.hostPublicKey,
      ...chooseAddresses(paths.id, [...inUse, ...reserved]),
    };
    await writeRecord(paths, record);
    return record;
  });
}

async function bringUp(paths: MachinePaths, record: MachineRecord): Promise<Machine> {
  if (await isUp(paths)) return waitUntilReady(paths, record);
  await takeDown(paths);
  await mountDisk(paths);
  return boot(paths, async (inUse) => {
    if (areFree(record, inUse)) return record;
    throw new Error(
      `Machine ${paths.name} keeps the address ${record.address} for its life, and something else on ` +
        "this computer has taken it (`ip addr` and `ip route` show what). Free it, or delete the machine.",
    );
  });
}

async function boot(
  paths: MachinePaths,
  chooseFrom: (inUse: readonly Network[]) => Promise<MachineRecord>,
): Promise<Machine> {
  const record = await connectNetwork(paths, chooseFrom);
  await startProcess(paths);
  return waitUntilReady(paths, record);
}

async function waitUntilReady(paths: MachinePaths, record: MachineRecord): Promise<Machine> {
  const isRunning = () => isProcessRunning(paths);
  if (await waitForSsh(record.address, sshPort, bootSeconds, isRunning)) {
    return describe(record, "running");
  }
  const what = (await isRunning())
    ? `no SSH server answered at ${record.address} port ${sshPort} within ${bootSeconds} seconds`
    : "it powered off while booting";
  throw new Error(
    `Sandbox machine ${paths.name} did not come up: ${what}. Its console's last lines:\n` +
      `${await lastConsoleLines(paths)}`,
  );
}

/** Half of a running machine is as good as none: it is then started anew. */
async function isUp(paths: MachinePaths): Promise<boolean> {
  return (
    isNetworkConnected(paths) && (await isDiskMounted(paths)) && (await isProcessRunning(paths))
  );
}

/** What the computer's reboot would leave: the folder. */
async function takeDown(paths: MachinePaths): Promise<void> {
  await killProcess(paths);
  await disconnectNetwork(paths);
  await unmountDisk(paths);
}

async function dismantle(paths: MachinePaths): Promise<void> {
  await endInterruptedCopy(paths.root);
  await takeDown(paths);
  await removeDisk(paths);
}

function describe({ address, address6 }: MachineRecord, state: Machine["state"]): Machine {
  return { address, address6, state };
}

function assertSameIdentity(record: MachineRecord, seed: Seed): MachineRecord {
  if (keyOf(record.hostPublicKey) === keyOf(seed.hostPublicKey)) return record;
  throw new Error(
    `There is a sandbox machine ${record.name} already, with another host key, so it is another ` +
      "stack's. Choose another name, destroy that stack, or remove all sandbox machines of this " +
      "folder: node sandbox/machines/remove-all.ts",
  );
}

/** Type and key, without the comment. */
function keyOf(publicKey: string): string {
  return publicKey.trim().split(/\s+/).slice(0, 2).join(" ");
}

function whenGone(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
