import * as pulumi from "@pulumi/pulumi";
import { plainError } from "./plain-error.ts";

export interface SshKeyArgs {
  /** An OpenSSH private key without a passphrase, to be used instead of a new one. */
  privateKey?: pulumi.Input<string> | undefined;
}

/** The methods capture nothing: the engine stores their text, and each runs the program's code of today. */
const provider: pulumi.dynamic.ResourceProvider = {
  async diff(id, olds, news) {
    return require(`${process.cwd()}/providers/ssh-key.impl.ts`).diff(id, olds, news);
  },
  async create(inputs) {
    return require(`${process.cwd()}/providers/ssh-key.impl.ts`).create(inputs);
  },
  async update(id, olds, news) {
    return require(`${process.cwd()}/providers/ssh-key.impl.ts`).update(id, olds, news);
  },
  async delete(id, props) {
    return require(`${process.cwd()}/providers/ssh-key.impl.ts`).delete(id, props);
  },
};

/** An Ed25519 SSH key pair made by ssh-keygen, or the pair of a given private key. */
export class SshKey extends pulumi.dynamic.Resource {
  /** In OpenSSH's format, a secret. */
  declare readonly privateKey: pulumi.Output<string>;
  /** As in a .pub file, without a comment. */
  declare readonly publicKey: pulumi.Output<string>;

  constructor(name: string, args: SshKeyArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(
      provider,
      name,
      {
        givenPrivateKey: args.privateKey === undefined ? undefined : pulumi.secret(args.privateKey),
        privateKey: undefined,
        publicKey: args.privateKey === undefined ? undefined : publicKeyOf(args.privateKey),
      },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["privateKey", "givenPrivateKey"] }),
      "ssh",
      "Key",
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
