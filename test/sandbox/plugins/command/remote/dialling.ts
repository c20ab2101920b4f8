import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import type { Properties } from "../../../../../sandbox/plugins/lib/property-values.ts";
import { type CommandProvider, type Operation, startProvider } from "../provider.ts";
import { generateKeyPair, type KeyPair, type Sshd, type SshdOptions, startSshd } from "../sshd.ts";

type Host = Pick<Sshd, "host" | "port">;

/** A host that lets a user's key in, and a provider that connects to it, for the tests of a file. */
export class Dialling {
  provider!: CommandProvider;
  user!: KeyPair;
  server!: Sshd;
  /** What the engine gets to see, anew for each test. */
  operation!: Operation;

  constructor(options: SshdOptions = {}) {
    beforeAll(async () => {
      this.provider = await startProvider();
      this.user = await generateKeyPair();
      this.server = await startSshd({ authorizedKeys: [this.user.publicKey], ...options });
    });
    afterAll(async () => {
      await this.server.stop();
      await this.provider.stop();
    });
    beforeEach(() => {
      this.operation = this.provider.record();
    });
  }

  /** One dial with the user's key; a part that is null is left out, as the engine does. */
  connectionTo({ host, port }: Host, parts: Properties = {}): Properties {
    return { host, port, privateKey: this.user.privateKey, dialErrorLimit: 0, ...parts };
  }

  /** What a command prints that runs on such a connection. */
  connect(parts: Properties = {}, to: Host = this.server, command?: string): Promise<unknown> {
    return run(this.provider, this.connectionTo(to, parts), this.operation, command);
  }
}

/** Runs a command on a connection as a resource does, and gives what it printed. */
export async function run(
  provider: CommandProvider,
  connection: Properties,
  operation?: Operation,
  command = "echo ok",
): Promise<unknown> {
  const resource = { type: "command:remote:Command", name: "job" };
  const { inputs, failures } = await provider.check(resource, { connection, create: command });
  expect(failures).toEqual([]);
  return (await provider.create(resource, inputs, operation)).outputs.stdout;
}
