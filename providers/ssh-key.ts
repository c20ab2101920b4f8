import * as pulumi from "@pulumi/pulumi";
import { plainError } from "./plain-error.ts";
import { ProgramResource } from "./program-resource.ts";

export interface SshKeyArgs {
  /** An OpenSSH private key without a passphrase, to be used instead of a new one. */
  privateKey?: pulumi.Input<string> | undefined;
}

/** An Ed25519 SSH key pair made by ssh-keygen, or the pair of a given private key. */
export class SshKey extends ProgramResource {
  /** In OpenSSH's format, a secret. */
  declare readonly privateKey: pulumi.Output<string>;
  /** As in a .pub file, without a comment. */
  declare readonly publicKey: pulumi.Output<string>;

  constructor(name: string, args: SshKeyArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(
      "ssh-key",
      "ssh:Key",
      name,
      {
        givenPrivateKey: args.privateKey === undefined ? undefined : pulumi.secret(args.privateKey),
        privateKey: undefined,
        publicKey: args.privateKey === undefined ? undefined : publicKeyOf(args.privateKey),
      },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["privateKey", "givenPrivateKey"] }),
    );
  }
}

/** The public part of a given key is known before the resource is, and no secret. */
function publicKeyOf(privateKey: pulumi.Input<string>): pulumi.Output<string> {
  const derived = pulumi.output(privateKey).apply(async (given) => {
    const { keyPairOf } = await import("../src/ssh/key-pair.ts");
    try {
      return keyPairOf(given).publicKey;
    } catch (error) {
      throw plainError(error as Error);
    }
  });
  return pulumi.unsecret(derived);
}
