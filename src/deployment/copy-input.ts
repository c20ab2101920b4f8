import { storeThatKeeps } from "../building/copy-root.ts";
import { nixArguments } from "../nix/cli.ts";
import { copyArguments } from "../nix/store.ts";
import { sessionFiles, TARGET } from "../ssh/session.ts";
import type { CopyRequest } from "./copy-to-machine.ts";
import type { KeylessTarget } from "./program-agent.ts";

/** What stands for the store path, which is not known to be the same as long as the input is. */
const STORE_PATH = "STORE_PATH";

/** A request that holds no secret: an ssh-agent has the key. */
export type KeylessCopyRequest = CopyRequest & KeylessTarget;

/**
 * What a copy reads from standard input: the request, the arguments of `nix`, the files of ssh, the socket
 * of the program's ssh-agent where that has the key. An empty line is between them, and none in them.
 */
export function copyInput(request: KeylessCopyRequest): string {
  const { config, knownHosts } = sessionFiles(request);
  const nix = nixArguments(copyArguments(STORE_PATH, copyTo(STORE_PATH, request)));
  const parts = [JSON.stringify(request), nix.join("\n"), config.trimEnd(), knownHosts.trimEnd()];
  return [...parts, request.agentSocket ?? ""].join("\n\n");
}

/** The request in the input of a copy. */
export function requestIn(input: string): KeylessCopyRequest {
  return JSON.parse(input.slice(0, input.indexOf("\n")));
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
