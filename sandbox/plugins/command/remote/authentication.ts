import { once } from "node:events";
import { connect } from "node:net";
import ssh2, { type AnyAuthMethod, type ParsedKey } from "ssh2";
import type { Endpoint } from "../schemas.ts";

/**
 * The ways to log in, in the order in which the plugin's SSH library tries them. It tries each
 * kind once, so the keys of an agent are not asked where there is a private key.
 * https://cs.opensource.google/go/x/crypto/+/master:ssh/client_auth.go
 */
export async function authenticationMethods(
  endpoint: Endpoint,
  property: string,
): Promise<AnyAuthMethod[]> {
  const username = endpoint.user;
  const methods: AnyAuthMethod[] = [{ type: "none", username }];
  const { password } = endpoint;
  if (endpoint.privateKey !== undefined) {
    methods.push({ type: "publickey", username, key: parsePrivateKey(endpoint, property) });
  }
  if (password !== undefined) {
    methods.push({ type: "password", username, password });
    methods.push({
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _language, prompts, finish) =>
        finish(prompts.map(() => password)),
    });
  }
  const agent = endpoint.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  if (agent) {
    await requireAgent(agent, endpoint.agentSocketPath === undefined ? undefined : property);
    if (endpoint.privateKey === undefined) methods.push({ type: "agent", username, agent });
  }
  return methods;
}

function parsePrivateKey(endpoint: Endpoint, property: string): ParsedKey {
  const text = endpoint.privateKey ?? "";
  const { privateKeyPassword } = endpoint;
  if (privateKeyPassword !== undefined && !(ssh2.utils.parseKey(text) instanceof Error)) {
    throw new Error(
      `${property}.privateKeyPassword is given, but ${property}.privateKey is not protected by a ` +
        "password. Leave privateKeyPassword out.",
    );
  }
  const key = ssh2.utils.parseKey(text, privateKeyPassword);
  if (key instanceof Error) {
    throw new Error(`${property}.privateKey cannot be read: ${key.message}`, { cause: key });
  }
  if (!key.isPrivateKey()) throw new Error(`${property}.privateKey is a public key`);
  return key;
}

/** A socket that nothing answers on is an error, even where another way to log in would do. */
async function requireAgent(path: string, property: string | undefined): Promise<void> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
  } catch (error) {
    const origin = property === undefined ? "SSH_AUTH_SOCK" : `${property}.agentSocketPath`;
    throw new Error(
      `no SSH agent answers at ${path} (from ${origin}): ${(error as Error).message}. ` +
        `Start one, or unset ${origin}.`,
      { cause: error },
    );
  } finally {
    socket.destroy();
  }
}
