import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { makeSecret, type Properties } from "../../../../../sandbox/plugins/lib/property-values.ts";
import { messageOf } from "../operation.ts";
import { type CommandProvider, type Operation, startProvider } from "../provider.ts";
import { generateKeyPair, type Sshd, startSshd } from "../sshd.ts";

const resource = { type: "command:remote:Command", name: "job" };
let server: Sshd;
let connection: Properties;
let provider: CommandProvider;
let operation: Operation;

beforeAll(async () => {
  provider = await startProvider();
  const user = await generateKeyPair();
  server = await startSshd({
    authorizedKeys: [user.publicKey],
    config: ["AcceptEnv TOKEN PULUMI_COMMAND_STDOUT", "LogLevel VERBOSE"],
  });
  const { host, port, hostKey } = server;
  connection = {
    host,
    port,
    privateKey: user.privateKey,
    hostKey: hostKey.publicKey,
    dialErrorLimit: 0,
  };
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});
beforeEach(() => {
  operation = provider.record();
});

async function checked(news: Properties): Promise<Properties> {
  const { inputs, failures } = await provider.check(resource, { connection, ...news });
  expect(failures).toEqual([]);
  return inputs;
}
const create = async (news: Properties) =>
  provider.create(resource, await checked(news), operation);

describe("create", () => {
  it("runs the command in the login shell, and shows its lines as they come", async () => {
    const command = "echo out; echo err >&2; exit";
    const { id, outputs } = await create({ create: command });
    expect(id).toMatch(/^job[0-9a-f]{8}$/);
    expect(outputs).toEqual({
      ...(await checked({ create: command })),
      stdout: "out",
      stderr: "err",
    });
    expect(operation.lines.sort()).toEqual(["status info: err", "status info: out"]);
  });

  it("shows a line before the command has ended", async () => {
    const running = create({ create: "echo first; read line; echo $line", stdin: "second\n" });
    expect(await operation.firstMessage).toBe("first");
    expect((await running).outputs.stdout).toBe("first\nsecond");
  });

  it("passes standard input as it is, and an empty one where there is none", async () => {
    const stdin = `'"$HOME" \`id\` \\ ü\n`.repeat(10_000);
    expect((await create({ create: "cat", stdin, logging: "none" })).outputs.stdout).toBe(
      stdin.replace(/\n$/, ""),
    );
    expect((await create({ create: "cat" })).outputs.stdout).toBe("");
  });

  it("sets the variables that the server accepts", async () => {
    const environment = { TOKEN: `'"$HOME" ü` };
    const { outputs } = await create({ create: 'printf "%s" "$TOKEN"', environment });
    expect(outputs.stdout).toBe(environment.TOKEN);
  });

  it("fails for a variable that the server refuses, and does not run the command", async () => {
    const running = create({ create: "touch /root/ran", environment: { OTHER: "x" } });
    expect(await messageOf(running)).toBe(
      'could not set environment variable "OTHER": the SSH server takes only the variables that ' +
        "its AcceptEnv names. Add it there; or, where a shell runs the command, write 'VAR=value " +
        "command'.",
    );
    await expect(readFile(server.path("/root/ran"))).rejects.toThrow("ENOENT");
  });

  it("connects to nothing where there is no command", async () => {
    const before = server.logins();
    const { outputs } = await create({ delete: "true" });
    expect(outputs).toMatchObject({ stdout: "", stderr: "" });
    expect(server.logins()).toBe(before);
  });

  it("runs side by side with others", async () => {
    const all = Array.from({ length: 8 }, (_, index) => create({ create: `echo ${index}` }));
    const texts = (await Promise.all(all)).map(({ outputs }) => outputs.stdout);
    expect(texts).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
  });

  it("leaves no connection open", async () => {
    await create({ create: "true" });
    await vi.waitFor(() => {
      // The library closes without reading on, so what the server still sends may meet a closed port.
      const ended = server
        .log()
        .filter((line) =>
          /^Connection closed by|^Read error .*: Connection reset by peer/.test(line),
        );
      const begun = server.log().filter((line) => line.startsWith("Accepted publickey"));
      expect(ended.length).toBe(begun.length);
    });
  });
});

describe("a command that fails", () => {
  it("is named with its exit status and all that it printed", async () => {
    expect(await messageOf(create({ create: "echo out; exit 3" }))).toBe(
      'Process exited with status 3: running "echo out; exit 3":\nout\n',
    );
  });

  it("shows no secret", async () => {
    const running = create({
      create: 'echo "$TOKEN"; cat; exit 1',
      environment: { TOKEN: makeSecret("hunter2") },
      stdin: makeSecret("hunter3"),
    });
    expect(await messageOf(running)).toBe(
      'Process exited with status 1: running "echo \\"$TOKEN\\"; cat; exit 1":\n[secret]\n[secret]',
    );
  });

  it("is named with the signal that ended it", async () => {
    expect(await messageOf(create({ create: "kill -TERM $$" }))).toBe(
      'Process exited with status 143 from signal TERM: running "kill -TERM $$":\n',
    );
  });

  it("is told apart from a connection that was lost", async () => {
    expect(await messageOf(create({ create: "kill -KILL $PPID; sleep 300" }))).toBe(
      "wait: remote command exited without exit status or exit signal: " +
        'running "kill -KILL $PPID; sleep 300":\n',
    );
  });
});

describe("update and delete", () => {
  const old = async () => ({
    ...(await checked({ create: "echo one" })),
    stdout: "one",
    stderr: "oops",
  });

  it("runs update, which sees what the command before it printed; a refusal only warns", async () => {
    const inputs = await checked({
      update: "echo was $PULUMI_COMMAND_STDOUT$PULUMI_COMMAND_STDERR",
    });
    const outputs = await provider.update(resource, await old(), inputs, operation);
    expect(outputs).toEqual({ ...inputs, stdout: "was one", stderr: "" });
    expect(operation.lines).toEqual([
      'warning: could not set environment variable "PULUMI_COMMAND_STDERR": the SSH server takes ' +
        "only the variables that its AcceptEnv names. Add it there; or, where a shell runs the " +
        "command, write 'VAR=value command'.",
      "status info: was one",
    ]);
  });

  it("sends no such variable where that is not wanted", async () => {
    const update = "echo was $PULUMI_COMMAND_STDOUT";
    const inputs = await checked({ update, addPreviousOutputInEnv: false });
    const outputs = await provider.update(resource, await old(), inputs, operation);
    expect(outputs.stdout).toBe("was");
    expect(operation.lines).toEqual(["status info: was"]);
  });

  it("runs delete on the connection of the state", async () => {
    const inputs = await checked({
      delete: 'printf "%s" "$PULUMI_COMMAND_STDOUT" > /root/deleted',
    });
    await provider.remove(resource, { ...inputs, stdout: "one", stderr: "" });
    expect(await readFile(server.path("/root/deleted"), "utf8")).toBe("one");
  });

  it("connects to nothing where there is no delete", async () => {
    const before = server.logins();
    await provider.remove(resource, await old());
    expect(server.logins()).toBe(before);
  });

  it("connects to nothing at preview, and knows the outputs of no command", async () => {
    const before = server.logins();
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const inputs = await checked({ create: "true" });
    expect(await provider.preview(resource, inputs)).toEqual({
      ...inputs,
      stdout: unknown,
      stderr: unknown,
    });
    expect(server.logins()).toBe(before);
  });
});

describe("cancel", () => {
  it("ends the connection of a running command", async () => {
    const own = await startProvider();
    const started = own.record();
    const inputs = await checked({ create: "echo started; sleep 300" });
    const running = messageOf(own.create(resource, inputs, started));
    expect(await started.firstMessage).toBe("started");
    await own.cancel();
    expect(await running).toBe('cancelled: running "echo started; sleep 300":\nstarted\n');
    await own.stop();
  });
});
