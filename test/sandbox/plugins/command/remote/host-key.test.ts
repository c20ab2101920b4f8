import { describe, expect, it } from "vitest";
import { messageOf } from "../operation.ts";
import { generateKeyPair, startSshd } from "../sshd.ts";
import { Dialling } from "./dialling.ts";

const at = new Dialling();

describe("the host key", () => {
  it("is accepted when it is the one that is given", async () => {
    const hostKey = `${at.server.hostKey.publicKey} a comment\n`;
    expect(await at.connect({ hostKey })).toBe("ok");
  });

  it("is not looked at when none is given", async () => {
    expect(await at.connect()).toBe("ok");
  });

  it("is refused when it is another one, with both named", async () => {
    const other = await generateKeyPair();
    const logins = at.server.logins();
    expect(await messageOf(at.connect({ hostKey: other.publicKey }))).toBe(
      `Dial root@127.0.0.1:${at.server.port} failed after 1 attempt: ssh: handshake failed: host key mismatch: ` +
        `root@127.0.0.1:${at.server.port} presented ${at.server.hostKey.fingerprint} (ssh-ed25519), ` +
        `connection.hostKey is ${other.fingerprint} (ssh-ed25519). Another machine answers at ` +
        "this address, or its host key was changed: refusing to connect.",
    );
    expect(at.server.logins()).toBe(logins);
  });

  it.each(["rsa", "ecdsa"] as const)(
    "is refused, with both named, when the one given is of another kind: %s",
    async (type) => {
      const other = await generateKeyPair({ type });
      const message = await messageOf(at.connect({ hostKey: other.publicKey }));
      expect(message).toContain(`presented ${at.server.hostKey.fingerprint} (ssh-ed25519)`);
      expect(message).toContain(`connection.hostKey is ${other.fingerprint} (`);
    },
  );

  it("is asked for in the kind that is given, of a host that has several", async () => {
    const hostKeys = await Promise.all(
      (["ed25519", "ecdsa", "rsa"] as const).map((type) => generateKeyPair({ type })),
    );
    const several = await startSshd({ hostKeys, authorizedKeys: [at.user.publicKey] });
    try {
      for (const { publicKey } of hostKeys) {
        expect(await at.connect({ hostKey: publicKey }, several)).toBe("ok");
      }
    } finally {
      await several.stop();
    }
  });

  it("has to be a public key", async () => {
    const expected =
      'connection.hostKey is not a public key. Give it as in authorized_keys: "ssh-ed25519 AAAA..."';
    for (const hostKey of ["SHA256:abc", at.server.hostKey.privateKey, ""]) {
      expect(await messageOf(at.connect({ hostKey }))).toBe(expected);
    }
  });
});
