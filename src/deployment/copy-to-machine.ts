import { NixError, NixFailure } from "../nix/cli.ts";
import { copyClosureOverSsh } from "../nix/store.ts";
import { fingerprint } from "../ssh/fingerprint.ts";
import { TARGET, withSshSession } from "../ssh/session.ts";
import type { SshTarget } from "../ssh/target.ts";
import { waitForPort } from "../ssh/wait-for-port.ts";

export interface CopyRequest extends SshTarget {
  /** The machine fetches from its own binary caches what it can. */
  readonly substituteOnDestination: boolean;
  /** Worth it on a slow network. */
  readonly compress: boolean;
  /** How long to wait for the machine to answer. */
  readonly connectTimeoutSeconds: number;
}

/**
 * Copies the closure of a store path to the machine's store; what is there already is not sent.
 *
 * @param onLine gets a line for each store path that is sent.
 * @throws {NixError} that says whether the machine did not answer, is another one, did not let the
 *   key in, or what Nix could not do.
 */
export async function copyClosureToMachine(
  storePath: string,
  request: CopyRequest,
  onLine: (line: string) => void,
): Promise<void> {
  await waitForPort(request.address, request.port, request.connectTimeoutSeconds);
  await withSshSession(request, (folder) =>
    copyClosureOverSsh(storePath, {
      host: TARGET,
      sshOptions: "-F config",
      workingDirectory: folder,
      substituteOnDestination: request.substituteOnDestination,
      compress: request.compress,
      onLine,
    }),
  ).catch((error: unknown) => {
    throw error instanceof NixFailure ? explainCopy(storePath, request, error) : error;
  });
}

function explainCopy(storePath: string, target: SshTarget, { stderr }: NixFailure): NixError {
  const machine = `${target.user}@${target.address} port ${target.port}`;
  const words = stderr.replace(/^@+\n(?:.*\n)*?@+\n/m, "").trim();
  return new NixError(
    `Copying ${storePath} to ${machine} failed: ${reason(target, stderr)}\n\n${words}`,
  );
}

function reason({ hostPublicKey, user }: SshTarget, stderr: string): string {
  if (
    /Host key verification failed|host key .* not match|no matching host key type/i.test(stderr)
  ) {
    const offered = /SHA256:[A-Za-z0-9+/]+/.exec(stderr)?.[0] ?? "a key of another type";
    return (
      "another machine answers at this address. Its host key is not the pinned one, and nothing was " +
      `sent. Pinned: ${fingerprint(hostPublicKey)}. Offered: ${offered}. If the machine was replaced ` +
      "on purpose, give the stack its new host key; otherwise find out who answers there."
    );
  }
  if (/Permission denied/.test(stderr)) {
    return (
      `the machine does not let the stack's SSH key in as ${user}. Add its public key, the stack's ` +
      "output publicKey, to that user's authorized keys on the machine."
    );
  }
  return "see Nix's own words.";
}
