import { execa } from "execa";
import { killProcess } from "../../../sandbox/machines/machine-process.ts";
import { machinePaths } from "../../../sandbox/machines/paths.ts";

/** What a reboot of the computer leaves of a machine: no process, mount, namespace or interface. */
export async function rebootComputer(home: string, machineName: string): Promise<void> {
  const paths = await machinePaths(home, machineName);
  await killProcess(paths);
  await execa("umount", [paths.root]);
  await execa("ip", ["link", "delete", paths.interface]);
  await execa("ip", ["netns", "delete", paths.namespace]);
}
