import { storeThatKeeps } from "../building/copy-root.ts";
import { nixArguments } from "../nix/cli.ts";
import { copyArguments } from "../nix/store.ts";
import { sessionFiles, TARGET } from "../ssh/session.ts";
import type { CopyRequest } from "./copy-to-machine.ts";

/** What stands for the store path, which is not known to be the same as long as the input is. */
const STORE_PATH = "STORE_PATH";

/**
 * What a copy reads from standard input: the request without its key, the arguments of `nix`, the files of
 * ssh. An empty line is between them, and none in them but in the key, which is the last.
 */
export function copyInput(request: CopyRequest): string {
  const { privateKey = "", ...others } = request;
  const { config, knownHosts } = sessionFiles(request);
  const nix = nixArguments(copyArguments(STORE_PATH, copyTo(STORE_PATH, request)));
  const parts = [JSON.stringify(others), nix.join("\n"), config.trimEnd(), knownHosts.trimEnd()];
  return [...parts, privateKey].join("\n\n");
}

/** The request in the input of a copy. */
export function requestIn(input: string): CopyRequest {
  const [request = "", , , , ...key] = input.split("\n\n");
  const privateKey = key.join("\n\n");
  return { ...JSON.parse(request), ...(privateKey && { privateKey }) };
}

/** How the store path is copied, in a session of SSH. */
export function copyTo(storePath: string, request: CopyRequest) {
  return {
    host: TARGET,
    remoteProgram: storeThatKeeps(storePath, request),
    substituteOnDestination: request.substituteOnDestination,
    compress: request.compress,
  };
}
