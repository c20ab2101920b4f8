import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chooseAddresses } from "../machines/addresses.ts";
import { isDiskMounted, removeDisk } from "../machines/disk.ts";
import { withFolderLock } from "../machines/lock.ts";
import {
  isProcessRunning,
  killProcess,
  powerOffProcess,
  startProcess,
} from "../machines/machine-process.ts";
import { connectNetwork, disconnectNetwork, isNetworkConnected } from "../machines/network.ts";
import {
  type MachineRecord,
  readRecord,
  recordedNetworks,
  writeRecord,
} from "../machines/record.ts";
import type { InstanceDescription, InstanceResult } from "./description.ts";
import { startMetadataService, stopMetadataService } from "./metadata.ts";
import { type InstancePaths, instancePaths, instancesFolder } from "./paths.ts";
import { syncPublicAddresses } from "./public-addresses.ts";
import { makeRootVolume, mountRootVolume, unmountRootVolume } from "./root-volume.ts";
import { applySecurityGroups } from "./security-group.ts";
import { releaseVolumes, syncVolumes } from "./volumes.ts";

/**
 * Makes the machine of an EC2 instance be as described. What a crash left of it is carried on with;
 * the same description again changes nothing.
 *
 * @throws {Error} when its image cannot be booted, or what it needs is not on this computer.
 */
export async function applyDescription(
  home: string,
  wanted: InstanceDescription,
): Promise<InstanceResult> {
  await mkdir(instancesFolder(home), { recursive: true });
  if (wanted.state === "terminated") return terminateInstance(home, wanted.id);
  const paths = await instancePaths(home, wanted.id);
  await mkdir(paths.folder, { recursive: true });
  return withFolderLock(paths.folder, () =>
    wanted.state === "stopped" ? stop(paths, wanted) : run(paths, wanted),
  );
}

/** Leaves nothing of the instance but its volumes; one that is not there is terminated already. */
export async function terminateInstance(home: string, id: string): Promise<InstanceResult> {
  const paths = await instancePaths(home, id);
  if (existsSync(paths.folder)) {
    await withFolderLock(paths.folder, async () => {
      await takeDown(paths);
      await removeDisk(paths);
      await rmdir(paths.folder);
    });
  }
  return { state: "terminated", privateAddress: null, ipv6Address: null };
}

async function stop(paths: InstancePaths, wanted: InstanceDescription): Promise<InstanceResult> {
  await powerOffProcess(paths);
  await takeDown(paths);
  const record = await readRecord(paths);
  await writeDescription(paths, wanted);
  return describe("stopped", record);
}

async function run(paths: InstancePaths, wanted: InstanceDescription): Promise<InstanceResult> {
  const before = await readDescription(paths);
  const record = (await isUp(paths))
    ? ((await readRecord(paths)) as MachineRecord)
    : await boot(paths, wanted);
  // The service reads from it where the machine is; the last one tells which volumes it had.
  await writeDescription(paths, { ...wanted, privateAddress: record.address });
  await applySecurityGroups(paths, wanted);
  await syncPublicAddresses(paths, record, wanted.publicAddresses);
  await syncVolumes(paths, before?.volumes ?? [], wanted.volumes);
  return describe("running", record);
}

async function boot(paths: InstancePaths, wanted: InstanceDescription): Promise<MachineRecord> {
  await takeDown(paths);
  const known = await readRecord(paths);
  if (known) await mountRootVolume(paths);
  else {
    await removeDisk(paths);
    await makeRootVolume(paths, wanted);
  }
  const record = await connectNetwork(paths, async (inUse) => {
    if (known) return known;
    const reserved = await recordedNetworks(paths.home);
    const made = {
      name: paths.name,
      hostPublicKey: "",
      ...chooseAddresses(paths.id, [...inUse, ...reserved]),
    };
    await writeRecord(paths, made);
    return made;
  });
  await writeDescription(paths, { ...wanted, privateAddress: record.address });
  await applySecurityGroups(paths, wanted);
  await startMetadataService(paths);
  const marker = join(paths.folder, "ec2");
  await mkdir(marker, { recursive: true });
  await startProcess(paths, [`--bind-ro=${marker}:/run/ec2`]);
  return record;
}

async function isUp(paths: InstancePaths): Promise<boolean> {
  return (
    isNetworkConnected(paths) && (await isDiskMounted(paths)) && (await isProcessRunning(paths))
  );
}

/** What the computer's reboot would leave: the folder. */
async function takeDown(paths: InstancePaths): Promise<void> {
  await killProcess(paths);
  await stopMetadataService(paths);
  await disconnectNetwork(paths);
  await unmountRootVolume(paths);
  await releaseVolumes((await readDescription(paths))?.volumes ?? []);
}

async function readDescription({
  description,
}: InstancePaths): Promise<InstanceDescription | undefined> {
  try {
    return JSON.parse(await readFile(description, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whole or not at all, whenever this process ends. */
async function writeDescription(
  { description }: InstancePaths,
  wanted: InstanceDescription,
): Promise<void> {
  await writeFile(`${description}.new`, JSON.stringify(wanted), { mode: 0o600 });
  await rename(`${description}.new`, description);
}

function describe(
  state: InstanceResult["state"],
  record: MachineRecord | undefined,
): InstanceResult {
  return {
    state,
    privateAddress: record?.address ?? null,
    ipv6Address: record?.address6 ?? null,
  };
}
