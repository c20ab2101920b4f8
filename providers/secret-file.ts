import * as pulumi from "@pulumi/pulumi";
import type { SshTarget } from "../src/ssh/target.ts";
import { ProgramResource } from "./program-resource.ts";

export interface SecretFileArgs {
  /** Another one means another machine, which gets the file anew. */
  machineId: pulumi.Input<string>;
  /** How to get into the machine. Always kept as a secret. */
  target: pulumi.Input<SshTarget>;
  /** Name of the file in /run/secrets. */
  secretName: string;
  /** Content of the file, byte for byte. Always kept as a secret. */
  value: pulumi.Input<string>;
  /** User that the file belongs to; one that the machine does not have yet is waited for. */
  owner: string;
  /** Group that the file belongs to. */
  group: string;
  /** Four octal digits. */
  mode: string;
  /** Units that restart when the file changes, if they run or have failed. */
  restartUnits: readonly string[];
  /** Keep the file in plain text on the machine's disk instead of in memory. */
  persist: boolean;
  /** How long to wait for the machine to answer on SSH. */
  connectTimeoutSeconds: number;
}

/**
 * A file on a machine that only the machine and the stack know the content of. It is in memory, with
 * an encrypted copy on disk that the NixOS module `secrets` puts back at boot.
 */
export class SecretFile extends ProgramResource {
  constructor(name: string, args: SecretFileArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "secret-file",
      "nixos:SecretFile",
      name,
      {
        ...args,
        target: pulumi.secret(args.target),
        value: pulumi.secret(args.value),
        isInPlace: undefined,
      },
      pulumi.mergeOptions(opts, {
        additionalSecretOutputs: ["target", "value"],
        // Here and not in diff, which the engine does not ask where --replace names it.
        deleteBeforeReplace: true,
      }),
    );
  }
}
