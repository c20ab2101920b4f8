import { rootCommand } from "../building/copy-root.ts";
import { NixError } from "../nix/cli.ts";
import { isInStore } from "../nix/store.ts";
import { asRoot } from "../ssh/as-root.ts";
import { nameOf } from "../ssh/reasons.ts";
import type { SshTarget } from "../ssh/target.ts";

/**
 * Whether there is nothing to copy, since the machine has a store path that this computer lacks. There it
 * is kept from garbage collection, as what is copied.
 *
 * @throws {NixError} when the machine, too, says that it does not have it.
 */
export async function isOnMachineOnly(
  storePath: string,
  target: SshTarget & { readonly stack: string },
): Promise<boolean> {
  if (await isInStore(storePath)) return false;
  // Loaded here, for a copy that goes well needs none of it.
  const { connect } = await import("../ssh/connection.ts");
  await using connection = await connect(target, 10);
  const { exitCode } = await connection.run(
    asRoot(target.user, `nix-store --check-validity ${storePath}`),
  );
  if (exitCode === 0) {
    const { exitCode, stderr } = await connection.run(rootCommand(storePath, target));
    if (exitCode === 0) return true;
    throw new NixError(
      `Keeping ${storePath} from garbage collection on ${nameOf(target)} failed:\n${stderr.trim()}\n` +
        "Make room there, or mend that folder, then run `pulumi up` again.",
    );
  }
  if (exitCode !== 1) return false;
  throw new NixError(
    `${storePath} is in the store of neither this computer nor ${target.address}. Give system the Git ` +
      "revision that it was built from, or copy it into this computer's store with `nix copy`.",
  );
}
