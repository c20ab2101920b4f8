import { NixError, NixFailure } from "../nix/cli.ts";
import { CopyLog } from "../nix/copy-log.ts";
import { copyClosureOverSsh } from "../nix/store.ts";
import { findObstacle } from "../ssh/obstacle.ts";
import { nameOf, sshMissing, sudoRefused } from "../ssh/reasons.ts";
import { withSshSession } from "../ssh/session.ts";
import type { SshTarget } from "../ssh/target.ts";
import { waitForMachine } from "../ssh/wait-for-machine.ts";
import { copyTo } from "./copy-input.ts";
import { isOnMachineOnly } from "./on-machine-only.ts";
import { tellCopy } from "./tell-copy.ts";

export interface CopyRequest extends SshTarget {
  /** The machine fetches from its own binary caches what it can. */
  readonly substituteOnDestination: boolean;
  /** Worth it on a slow network. */
  readonly compress: boolean;
  /** How long to wait for the machine to answer. */
  readonly connectTimeoutSeconds: number;
  /** The stack among all that may copy to the machine. */
  readonly stack: string;
  /** For what the machine builds instead. */
  readonly nixOptions?: Readonly<Record<string, string>>;
}

/**
 * Copies the closure of a store path to the machine's store; what is there already is not sent.
 *
 * @param onLine gets a line now and then on how far the wait or the copy has come.
 * @throws {NixError | SshError} that says whether the machine did not answer, is another one, did not
 *   let the key in, or what Nix could not do.
 */
export async function copyClosureToMachine(
  storePath: string,
  request: CopyRequest,
  onLine: (line: string) => void,
): Promise<void> {
  await waitForMachine(request, request.connectTimeoutSeconds, onLine);
  const log = new CopyLog();
  const copy = withSshSession(request, (folder) =>
    copyClosureOverSsh(storePath, {
      ...copyTo(storePath, request),
      sshOptions: "-F config",
      workingDirectory: folder,
      log,
    }),
  );
  await tellCopy(storePath, copy, log, onLine).catch(async (error: unknown) => {
    if (!(error instanceof NixFailure)) throw error;
    if (await isOnMachineOnly(storePath, request)) return;
    throw await explainCopy(storePath, request, error.stderr);
  });
}

/** @param stderr what Nix and ssh said in a copy that failed. */
export async function explainCopy(
  storePath: string,
  target: SshTarget,
  stderr: string,
): Promise<NixError> {
  const told = sshMissing(stderr) ?? sudoRefused(target, stderr);
  const obstacle = told === undefined ? await findObstacle(target) : undefined;
  const reason = obstacle
    ? `Copying ${storePath} failed. ${obstacle.message}`
    : `Copying ${storePath} to ${nameOf(target)} failed: ${told ?? "see Nix's own words."}`;
  // Of a wrong key ssh tells what to do to files of its own, of which there are none here.
  const words = obstacle?.isFinal ? "" : `${stderr.trim()}\n\n`;
  return new NixError(
    `${reason}\n\n${words}Mend it, then run \`pulumi up\` again: it copies what is missing.`,
  );
}
