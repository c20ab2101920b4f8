import ssh2 from "ssh2";

export interface KeyPair {
  /** In OpenSSH's format. */
  readonly privateKey: string;
  /** As in a .pub file, without a comment. */
  readonly publicKey: string;
}

/**
 * The pair of an SSH private key, whatever line ends it has.
 *
 * @throws {Error} that says what is wrong with the key, and shows nothing of it.
 */
export function keyPairOf(given: string): KeyPair {
  const privateKey = `${given.replaceAll("\r\n", "\n").trim()}\n`;
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error || !key.isPrivateKey()) {
    throw new Error(
      "The SSH private key given to the stack cannot be used: it is not an OpenSSH private key, or it " +
        "has a passphrase. Give one without a passphrase, whole, with its BEGIN and END lines.",
    );
  }
  return { privateKey, publicKey: `${key.type} ${key.getPublicSSH().toString("base64")}` };
}
