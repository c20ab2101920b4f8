import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import * as provider from "../../providers/ssh-key.impl.ts";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ssh-key-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function keygen(...options: string[]): Promise<{ privateKey: string; publicKey: string }> {
  const file = join(await temporaryFolder(), "key");
  await execa("ssh-keygen", ["-q", "-f", file, ...options]);
  return {
    privateKey: await readFile(file, "utf8"),
    publicKey: await readFile(`${file}.pub`, "utf8"),
  };
}

test("a key pair is made new each time, its id the public key's fingerprint", async () => {
  const [one, other] = await Promise.all([provider.create({}), provider.create({})]);
  expect(one.id).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  expect(one.id).not.toBe(other.id);
  expect(one.outs.publicKey).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]+$/);
  expect(one.outs.privateKey).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
});

test.each([["ed25519"], ["rsa"], ["ecdsa"]])(
  "the public key of a given %s key is derived, without its comment",
  async (type) => {
    const { privateKey, publicKey } = await keygen("-t", type, "-N", "", "-C", "me@home");
    const { outs } = await provider.create({ givenPrivateKey: privateKey });
    expect(`${outs.publicKey} me@home\n`).toBe(publicKey);
  },
);

test("line ends of Windows and a lost last newline do not spoil a given key", async () => {
  const { privateKey } = await keygen("-t", "ed25519", "-N", "");
  const spoiled = privateKey.trimEnd().replaceAll("\n", "\r\n");
  const { outs } = await provider.create({ givenPrivateKey: spoiled });
  expect(outs.privateKey).toBe(privateKey);
});

const refusal =
  "The SSH private key given to the stack cannot be used: it is not an OpenSSH private key, or it has " +
  "a passphrase. Give one without a passphrase, whole, with its BEGIN and END lines.";

test("a key with a passphrase is refused, and not a byte of it is shown", async () => {
  const { privateKey } = await keygen("-t", "ed25519", "-N", "passphrase");
  await expect(provider.create({ givenPrivateKey: privateKey })).rejects.toThrow(
    expect.objectContaining({ message: refusal }),
  );
});

test("what is no key is refused, and not a byte of it is shown", async () => {
  await expect(provider.create({ givenPrivateKey: "CANARY" })).rejects.toThrow(
    expect.objectContaining({ message: refusal }),
  );
});

test("only another given key replaces a pair", async () => {
  const olds = { privateKey: "k", publicKey: "p" };
  expect(await provider.diff("", olds, {})).toEqual({ changes: false, replaces: [] });
  expect(await provider.diff("", olds, { givenPrivateKey: "k" })).toEqual({
    changes: true,
    replaces: ["givenPrivateKey"],
  });
});
