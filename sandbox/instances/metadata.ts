import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { makeCgroups, processesIn, removeCgroups } from "../machines/cgroups.ts";
import { hostPath, runHostCommand } from "../machines/host-command.ts";
import type { InstancePaths } from "./paths.ts";

const address = "169.254.169.254";
/** Port 80 is the machine's own: a program that listens there on every address would not start. */
const port = 16_925;
const service = fileURLToPath(new URL("./metadata-service.ts", import.meta.url));

/** Starts the machine's metadata service; it outlives this process. */
export async function startMetadataService(paths: InstancePaths): Promise<void> {
  const { namespace } = paths;
  await runHostCommand("ip", [
    ...["-netns", namespace, "address", "replace", `${address}/32`, "dev", "lo"],
  ]);
  await runHostCommand("nsenter", [`--net=/run/netns/${namespace}`, "--", "nft", "-f", "-"], {
    input: `
      table ip metadata
      delete table ip metadata
      table ip metadata {
        chain output {
          type nat hook output priority -100; policy accept;
          ip daddr ${address} tcp dport 80 dnat to ${address}:${port}
        }
      }
    `,
  });
  const cgroups = await makeCgroups(cgroupOf(paths));
  const join = cgroups.map((folder) => `echo $$ > '${folder}/cgroup.procs' &&`).join(" ");
  const subprocess = execa(
    "sh",
    [
      ...["-c", `${join} exec "$@"`, "sh"],
      // Not `ip netns exec`, whose mount namespace would keep other instances' disks mounted.
      ...["nsenter", `--net=/run/netns/${namespace}`, "--", process.execPath],
      ...["--disable-warning=ExperimentalWarning", service, paths.description, String(port)],
    ],
    {
      cwd: paths.folder,
      detached: true,
      cleanup: false,
      stdio: ["ignore", "pipe", "ignore"],
      buffer: false,
      reject: false,
      extendEnv: false,
      env: { PATH: hostPath() },
    },
  );
  subprocess.nodeChildProcess.unref();
  await Promise.race([once(subprocess.stdout, "data"), once(subprocess.stdout, "end")]);
  subprocess.stdout.destroy();
  if ((await processesIn(cgroupOf(paths))).length === 0)
    throw new Error(`The metadata service of instance ${paths.name} ended at once.`);
}

export async function stopMetadataService(paths: InstancePaths): Promise<void> {
  await removeCgroups(cgroupOf(paths));
}

function cgroupOf({ cgroup }: InstancePaths): string {
  return `${cgroup}-metadata`;
}
