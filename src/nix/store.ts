import { NixError, NixFailure, nixVersion, runNix } from "./cli.ts";
import type { CopyLog } from "./copy-log.ts";
import { pathInfo } from "./path-info.ts";

/** Whether the store path is in this computer's store, whole and valid. */
export async function isInStore(path: string): Promise<boolean> {
  const info = await infoOf(path).catch(onFailure(() => ({ valid: false })));
  return info.valid !== false;
}

/**
 * Copies the closure of a store path into the store of another root file system, whose own Nix then
 * knows it: `ROOT/nix/store` and `ROOT/nix/var/nix/db`.
 *
 * @throws {NixError} when the path is not in this computer's store or cannot be copied.
 */
export async function copyClosureToRoot(storePath: string, root: string): Promise<void> {
  await runNix(["copy", "--no-check-sigs", "--to", `local?root=${root}`, storePath]).catch(
    onFailure(({ stderr }) => {
      throw new NixError(
        `Copying ${storePath} into ${root} failed:\n${stderr}\nMake room, which \`df\` shows, then run \`pulumi up\` again.`,
      );
    }),
  );
}

/** What is copied where, and how. */
export interface SshCopyArguments {
  /** Host as ssh knows it. */
  readonly host: string;
  /** Command line of nix-store there. */
  readonly remoteProgram: string;
  readonly substituteOnDestination: boolean;
  readonly compress: boolean;
  /** Copies a derivation itself with all that its build needs, and not its outputs. */
  readonly isDerivation?: boolean;
}

export interface SshCopy extends SshCopyArguments {
  /** Options for ssh, separated by white space, as in NIX_SSHOPTS. */
  readonly sshOptions: string;
  /** Folder that ssh runs in. */
  readonly workingDirectory: string;
  /** Gets what Nix tells of the copy. */
  readonly log: CopyLog;
}

/**
 * Copies the closure of a store path over SSH to a host's store, as nix-copy-closure does.
 *
 * @throws {NixFailure}
 */
export async function copyClosureOverSsh(storePath: string, copy: SshCopy): Promise<void> {
  await runNix(copyArguments(storePath, copy), {
    environment: { NIX_SSHOPTS: copy.sshOptions },
    workingDirectory: copy.workingDirectory,
    onStderrLine: (line) => copy.log.take(line),
  }).catch(
    onFailure(({ command, cause }) => {
      throw new NixFailure(command, copy.log.words, cause);
    }),
  );
}

/** The arguments of the `nix` that copies so. */
export function copyArguments(storePath: string, copy: SshCopyArguments): string[] {
  const options = [
    ...(copy.compress ? ["compress=true"] : []),
    `remote-program=${encodeURIComponent(copy.remoteProgram)}`,
  ].join("&");
  return [
    ...["copy", "--no-check-sigs", "--log-format", "internal-json"],
    ...(copy.isDerivation ? ["--derivation"] : []),
    ...(copy.substituteOnDestination ? ["--substitute-on-destination"] : []),
    ...["--to", `ssh://${copy.host}?${options}`, storePath],
  ];
}

/** A derivation as an argument that stands for all of its outputs, as this `nix` spells it. */
export async function allOutputsOf(drvPath: string): Promise<string> {
  const [major, minor] = await nixVersion();
  return major === 2 && minor < 13 ? drvPath : `${drvPath}^*`;
}

interface PathInfo {
  readonly valid?: boolean;
}

/** For a path that is not there Nix fails, or prints `"valid": false`, or null. */
async function infoOf(path: string): Promise<PathInfo> {
  const printed = await pathInfo(path);
  const info = Array.isArray(printed) ? printed[0] : Object.values(printed as object)[0];
  return (info ?? { valid: false }) as PathInfo;
}

function onFailure<T>(handle: (failure: NixFailure) => T): (error: unknown) => T {
  return (error) => {
    if (error instanceof NixFailure) return handle(error);
    throw error;
  };
}
