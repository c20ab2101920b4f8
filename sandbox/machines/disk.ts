import { mkdir, readdir, realpath, stat, symlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { runHostCommand } from "./host-command.ts";
import type { MachinePaths } from "./paths.ts";

/**
 * Makes the folders of an empty disk on the sandbox's base root of today, which the machine keeps.
 *
 * @throws {Error} when there is no base root.
 */
export async function makeDisk({
  home,
  folder,
  lower,
  upper,
  work,
  root,
}: MachinePaths): Promise<void> {
  const base = await realpath(join(home, "root")).catch(() => {
    throw new Error(
      `There is no base root for sandbox machines at ${join(home, "root")}. Run sandbox/setup, which makes it.`,
    );
  });
  await Promise.all([upper, work, root].map((path) => mkdir(path, { recursive: true })));
  await symlink(relative(folder, base), lower);
}

/** Mounts the machine's root file system, if it is not. */
export async function mountDisk(paths: MachinePaths): Promise<void> {
  if (await isDiskMounted(paths)) return;
  if (!(await stat(paths.lower).catch(() => undefined))) {
    throw new Error(
      `The base root that machine ${paths.name} was made on is gone (${paths.lower} links to it). ` +
        "Without it the machine cannot start: delete it and make it again.",
    );
  }
  // Relative, because commas and colons in a path mean something else among mount options.
  const [upper, work] = [paths.upper, paths.work].map((path) => relative(paths.folder, path));
  const options = `lowerdir=lower,upperdir=${upper},workdir=${work}`;
  await runHostCommand("mount", ["-t", "overlay", "overlay", "-o", options, "root"], {
    cwd: paths.folder,
  });
}

export async function isDiskMounted({ folder, root }: MachinePaths): Promise<boolean> {
  const [outside, inside] = await Promise.all([
    stat(folder).catch(() => undefined),
    stat(root).catch(() => undefined),
  ]);
  return inside !== undefined && inside.dev !== outside?.dev;
}

/** Lazily, because somebody may be looking around in it. */
export async function unmountDisk(paths: MachinePaths): Promise<void> {
  while (await isDiskMounted(paths)) {
    await runHostCommand("umount", ["--recursive", "--lazy", paths.root]);
  }
}

/** Removes all that is in the machine's folder, which must not be mounted. */
export async function removeDisk({ folder }: MachinePaths): Promise<void> {
  const entries = (await readdir(folder)).map((entry) => join(folder, entry));
  await runHostCommand("rm", ["--recursive", "--force", "--one-file-system", "--", ...entries]);
}
