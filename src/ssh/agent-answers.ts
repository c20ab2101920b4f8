import type { Socket } from "node:net";
import ssh2 from "ssh2";
import { signatureOf } from "./signature.ts";

/** Answers a client of an ssh-agent that has this key; what is no key leaves it without one. */
export async function answerWith(privateKey: Promise<string>, client: Socket): Promise<void> {
  const key = ssh2.utils.parseKey(await privateKey);
  const protocol = new ssh2.AgentProtocol(false);
  protocol.on("identities", (request) =>
    protocol.getIdentitiesReply(request, key instanceof Error ? [] : [key]),
  );
  protocol.on("sign", (request, asked, data, { hash }) => {
    if (key instanceof Error || !key.getPublicSSH().equals(asked.getPublicSSH()))
      return protocol.failureReply(request);
    protocol.signReply(request, signatureOf(data, key, hash));
  });
  protocol.on("error", () => client.destroy());
  protocol.pipe(client);
  try {
    // The library takes the rest of a message that it does not know for the next one, and OpenSSH sends
    // such a one first.
    for await (const message of messagesOf(client)) {
      if (KNOWN.includes(message.readUInt8(4))) protocol.write(message);
      else client.write(FAILURE);
    }
  } catch {
    // It went away, which is its own affair.
  }
}

/** Types of messages (draft-ietf-sshm-ssh-agent): what asks for the keys, and for a signature. */
const KNOWN = [11, 13];
const FAILURE = Buffer.from([0, 0, 0, 1, 5]);

/** Each with its length before it. */
async function* messagesOf(client: Socket): AsyncGenerator<Buffer> {
  let received: Buffer = Buffer.alloc(0);
  for await (const chunk of client) {
    received = Buffer.concat([received, chunk]);
    while (received.length > 4 && received.length >= 4 + received.readUInt32BE()) {
      const end = 4 + received.readUInt32BE();
      yield received.subarray(0, end);
      received = received.subarray(end);
    }
  }
}
