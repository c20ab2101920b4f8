import { promisify } from "node:util";
import type { Client, ClientChannel } from "ssh2";

/**
 * The parts of ssh2 1.17 that its own `exec` is made of. `exec` asks for no answer to the
 * variables it sends, so a server's refusal of one would pass unseen, and the command would run
 * without it. https://github.com/mscdex/ssh2/blob/v1.17.0/lib/client.js (`reqEnv`)
 */
interface SessionClient {
  _chanMgr: { add(opened: OpenedCallback & { type: string }): number };
  _protocol: {
    session(channel: number, window: number, packetSize: number): void;
    env(channel: number, name: string, value: string, wantReply: boolean): void;
    exec(channel: number, command: string, wantReply: boolean): void;
  };
}
interface SessionChannel {
  _callbacks: ((failed: boolean | Error) => void)[];
  outgoing: { id: number };
}
type OpenedCallback = (error: Error | undefined, channel: ClientChannel) => void;

const windowBytes = 2 * 1024 * 1024;
const packetBytes = 32 * 1024;

/** One SSH session: variables are set in it, then one command is run in it. */
export class Session {
  readonly channel: ClientChannel;
  readonly #client: SessionClient;
  readonly #lost: Promise<never>;

  private constructor(client: SessionClient, channel: ClientChannel) {
    this.#client = client;
    this.channel = channel;
    this.#lost = new Promise((_resolve, reject) => {
      channel.once("close", () => reject(new Error("the connection was lost")));
    });
    this.#lost.catch(() => undefined);
  }

  static async open(client: Client): Promise<Session> {
    const internals = client as unknown as SessionClient;
    const open = promisify((opened: OpenedCallback) => {
      const channel = internals._chanMgr.add(Object.assign(opened, { type: "session" }));
      internals._protocol.session(channel, windowBytes, packetBytes);
    });
    return new Session(internals, await open());
  }

  /** Whether the server took the variable: it decides by its AcceptEnv. */
  setVariable(name: string, value: string): Promise<boolean> {
    return this.#request((id) => this.#client._protocol.env(id, name, value, true));
  }

  /** The output of the command goes to `channel`; listen there first. */
  async exec(command: string): Promise<void> {
    const isRunning = await this.#request((id) => this.#client._protocol.exec(id, command, true));
    if (!isRunning) throw new Error("the host refused to run a command");
  }

  #request(send: (channel: number) => void): Promise<boolean> {
    const channel = this.channel as unknown as SessionChannel;
    const answer = new Promise<boolean>((resolve) => {
      channel._callbacks.push((failed) => resolve(failed === false));
      send(channel.outgoing.id);
    });
    return Promise.race([answer, this.#lost]);
  }
}
