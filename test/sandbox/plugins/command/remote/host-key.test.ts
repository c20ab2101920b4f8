import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Properties } from "../../../../../sandbox/plugins/lib/property-values.ts";
import { messageOf } from "../operation.ts";
import { type CommandProvider, type Operation, startProvider } from "../provider.ts";
import { generateKeyPair, type KeyPair, type Sshd, startSshd } from "../sshd.ts";
import { run } from "./connect.ts";

let user: KeyPair;
let server: Sshd;
let provider: CommandProvider;
let operation: Operation;

beforeAll(async () => {
  provider = await startProvider();
  user = await generateKeyPair();
  server = await startSshd({ authorizedKeys: [user.publicKey] });
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});
beforeEach(() => {
  operation = provider.record();
});

/** One dial with the user's key; a part that is null is left out, as the engine does. */
function connectionTo(
  { host, port }: { host: string; port: number },
  parts: Properties = {},
): Properties {
  return { host, port, privateKey: user.privateKey, dialErrorLimit: 0, ...parts };
}

const connect = (parts: Properties = {}, to: { host: string; port: number } = server) =>
  run(provider, connectionTo(to, parts), operation);

describe("the host key", () => {
  it("is accepted when it is the one that is given", async () => {
    const hostKey = `${server.hostKey.publicKey} a comment\n`;
    expect(await connect({ hostKey })).toBe("ok");
  });

  it("is not looked at when none is given", async () => {
    expect(await connect()).toBe("ok");
  });

  it("is refused when it is another one, with both named", async () => {
    const other = await generateKeyPair();
    const connection = connectionTo(server, { hostKey: other.publicKey });
    const logins = server.logins();
    expect(await messageOf(run(provider, connection, operation))).toBe(
      `Dial root@127.0.0.1:${server.port} failed after 1 attempt: ssh: handshake failed: host key mismatch: ` +
        `root@127.0.0.1:${server.port} presented ${server.hostKey.fingerprint} (ssh-ed25519), ` +
        `connection.hostKey is ${other.fingerprint} (ssh-ed25519). Another machine answers at ` +
        "this address, or its host key was changed: refusing to connect.",
    );
    expect(server.logins()).toBe(logins);
  });

  it.each(["rsa", "ecdsa"] as const)(
    "is refused, with both named, when the one given is of another kind: %s",
    async (type) => {
      const other = await generateKeyPair({ type });
      const message = await messageOf(connect({ hostKey: other.publicKey }));
      expect(message).toContain(`presented ${server.hostKey.fingerprint} (ssh-ed25519)`);
      expect(message).toContain(`connection.hostKey is ${other.fingerprint} (`);
    },
  );

  it("is asked for in the kind that is given, of a host that has several", async () => {
    const hostKeys = await Promise.all(
      (["ed25519", "ecdsa", "rsa"] as const).map((type) => generateKeyPair({ type })),
    );
    const several = await startSshd({ hostKeys, authorizedKeys: [user.publicKey] });
    try {
      for (const { publicKey } of hostKeys) {
        expect(await connect({ hostKey: publicKey }, several)).toBe("ok");
      }
    } finally {
      await several.stop();
    }
  });

  it("has to be a public key", async () => {
    const expected =
      'connection.hostKey is not a public key. Give it as in authorized_keys: "ssh-ed25519 AAAA..."';
    for (const hostKey of ["SHA256:abc", server.hostKey.privateKey, ""]) {
      expect(await messageOf(connect({ hostKey }))).toBe(expected);
    }
  });
});
