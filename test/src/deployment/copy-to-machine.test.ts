import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import * as sshKey from "../../../providers/ssh-key.impl.ts";
import { createMachine, type Machine } from "../../../sandbox/machines/machine.ts";
import { type CopyRequest, copyClosureToMachine } from "../../../src/deployment/copy-to-machine.ts";
import { fingerprint } from "../../../src/ssh/fingerprint.ts";
import type { SshEndpoint } from "../../../src/ssh/target.ts";
import { makeTestHome, type TestHome } from "../../sandbox/machines/test-home.ts";
import { type Sshd, startSshd } from "../../sandbox/plugins/command/sshd.ts";
import { startUserAgent } from "../ssh/user-agent.ts";

let at: TestHome;
let bastion: Sshd;
let machine: Machine;
let request: CopyRequest;
beforeAll(async () => {
  at = await makeTestHome();
  machine = await createMachine(at.home, "copy-target", at.seed);
  request = {
    ...at.targetOf(machine.address),
    substituteOnDestination: false,
    compress: false,
    connectTimeoutSeconds: 60,
    stack: "iplz/test",
  };
  const authorizedKeys = [(await readFile(join(at.home, "user.pub"), "utf8")).trim()];
  bastion = await startSshd({ authorizedKeys });
});
afterAll(async () => {
  await bastion.stop();
  await at[Symbol.asyncDispose]();
});

function proxyJump(): SshEndpoint {
  const { host: address, port, hostKey } = bastion;
  return { address, port, user: "root", hostPublicKey: hostKey.publicKey };
}

/** A user of the machine whom the test's key lets in, with a line of sudoers. */
async function addUser(name: string, sudoers: string): Promise<void> {
  const publicKey = await readFile(join(at.home, "user.pub"), "utf8");
  await at.ssh(
    machine.address,
    `useradd --create-home --password '*' ${name} && ` +
      `echo '${publicKey.trim()}' > /etc/ssh/authorized_keys.d/${name} && ` +
      `echo '${sudoers}' > /etc/sudoers.d/${name}`,
  );
}

/** A folder of programs, and no ssh among them. */
async function folderWithNix() {
  const folder = await mkdtemp(join(tmpdir(), "programs-"));
  const { stdout } = await execa("which", ["nix", "sh", "git"]);
  for (const program of stdout.split("\n")) {
    await symlink(program, join(folder, basename(program)));
  }
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

async function wholeFailure(
  changes: Partial<CopyRequest>,
  onLine: (line: string) => void = () => {},
): Promise<string> {
  return copyClosureToMachine(at.seed.system, { ...request, ...changes }, onLine).then(
    () => {
      throw new Error("it did not fail");
    },
    (error: Error) => error.message,
  );
}

async function failure(...args: Parameters<typeof wholeFailure>): Promise<string> {
  return (await wholeFailure(...args)).split("\n")[0] ?? "";
}

test.each([false, true])("a closure is copied once, with compression %s", async (compress) => {
  const system = await at.addSystem(`copied-${compress}-${process.pid}`);
  const lines: string[] = [];
  const copy = () =>
    copyClosureToMachine(system, { ...request, compress }, (line) => lines.push(line));
  await copy();
  expect(await at.ssh(machine.address, `nix-store --verify-path ${system} && echo whole`)).toBe(
    "whole",
  );
  expect(lines.at(-1)).toMatch(/^copied ((\d+) of \2 bytes \(1 of 1 paths\)|1 of 1 paths)$/);
  lines.length = 0;
  await copy();
  expect(lines).toEqual([]);
});

test("a copy that takes long tells how far it is", async () => {
  const content = randomBytes(3 * 2 ** 20).toString("base64");
  const system = await at.addSystem(`big-${process.pid}`, undefined, { content });
  const { stdout: route } = await execa("ip", ["route", "get", machine.address]);
  const device = /dev (\S+)/.exec(route)?.[1] ?? "";
  const shape = ["rate", "10mbit", "burst", "32kb", "latency", "400ms"];
  await execa("tc", ["qdisc", "add", "dev", device, "root", "tbf", ...shape]);
  const lines: string[] = [];
  try {
    await copyClosureToMachine(system, request, (line) => lines.push(line));
  } finally {
    await execa("tc", ["qdisc", "del", "dev", device, "root"]);
  }
  expect(lines.length).toBeGreaterThan(1);
  expect(lines[0]).toMatch(/^copied ([0-4]\.\d of 4\.\d MiB \(0 of 1 paths\)|0 of 1 paths)$/);
  expect(lines.at(-1)).toMatch(/^copied (4\.\d of )?4\.\d MiB \(1 of 1 paths\)$/);
});

test("another machine at the address is refused, and both fingerprints are told", async () => {
  const other = await sshKey.create({});
  expect(await wholeFailure({ hostPublicKey: other.outs.publicKey })).toBe(
    `Copying ${at.seed.system} failed. Connecting to root@${machine.address} port 22 failed: another ` +
      "machine answers at this address. Its host key is not the pinned one, and nothing was sent. " +
      `Pinned: ${other.id}. Offered: ${fingerprint(at.seed.hostPublicKey)}. If the machine was replaced ` +
      "on purpose, give the stack its new host key; otherwise find out who answers there.\n\n" +
      "Mend it, then run `pulumi up` again: it copies what is missing.",
  );
});

test("a key that the machine does not know is named as the reason", async () => {
  const other = await sshKey.create({});
  expect(await failure({ privateKey: other.outs.privateKey })).toBe(
    `Copying ${at.seed.system} failed. Connecting to root@${machine.address} port 22 failed: the ` +
      "machine does not let the stack's SSH key in as root. Add its public key, the stack's output publicKey, to that user's " +
      "authorized keys on the machine.",
  );
});

test("a computer without ssh is told what to install", async () => {
  await using programs = await folderWithNix();
  vi.stubEnv("PATH", programs.folder);
  const told = await wholeFailure({}).finally(() => vi.unstubAllEnvs());
  expect(told).toMatch(
    RegExp(
      `^Copying ${at.seed.system} to root@${machine.address} port 22 failed: there is no ssh on PATH\\. ` +
        "Install OpenSSH's client: openssh-client in Debian\\.\n\nerror: .*'ssh'",
    ),
  );
});

test("a machine that does not answer is told while it is waited for, and named after its time", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
  await new Promise((resolve) => server.close(resolve));
  const lines: string[] = [];
  const noAnswer = await failure({ address: "127.0.0.1", port, connectTimeoutSeconds: 6 }, (line) =>
    lines.push(line),
  );
  expect(lines).toEqual([
    expect.stringMatching(
      `^waiting for root@127.0.0.1 port ${port} to answer: \\d s of at most 6 s$`,
    ),
  ]);
  expect(noAnswer).toBe(
    `No answer from 127.0.0.1 port ${port} within 6 s: connect ECONNREFUSED 127.0.0.1:${port}. Is the ` +
      "machine up, and may this computer reach its SSH port? Correct it, or wait longer with " +
      "connectTimeoutSeconds, and run `pulumi up` again: it carries on from here.",
  );
});

test("a user who is not root copies through sudo, a bastion, and with the keys of an agent", async () => {
  await addUser("deploy", "deploy ALL=(ALL) NOPASSWD: ALL");
  const system = await at.addSystem(`copied-by-deploy-${process.pid}`);
  await using agent = await startUserAgent(request.privateKey);
  vi.stubEnv("SSH_AUTH_SOCK", agent.socket);
  try {
    await copyClosureToMachine(
      system,
      { ...request, user: "deploy", privateKey: undefined, proxyJump: proxyJump() },
      () => {},
    );
  } finally {
    vi.unstubAllEnvs();
  }
  expect(await at.ssh(machine.address, `nix-store --verify-path ${system} && echo whole`)).toBe(
    "whole",
  );
  expect(bastion.logins()).toBeGreaterThan(0);
});

test("a user who may not become root without a password is told so", async () => {
  await addUser("plain", "# nothing");
  expect(await failure({ user: "plain" })).toBe(
    `Copying ${at.seed.system} to plain@${machine.address} port 22 failed: plain may not become root ` +
      "there without a password. Let that user run everything through sudo with NOPASSWD " +
      "(security.sudo.extraRules in NixOS), or set the host's user to root.",
  );
});

test("another machine at the bastion's address, or behind it, is refused by its name", async () => {
  const other = await sshKey.create({});
  const { publicKey: hostPublicKey } = other.outs;
  expect(await failure({ proxyJump: { ...proxyJump(), hostPublicKey } })).toContain(
    `Connecting to the bastion root@127.0.0.1 port ${bastion.port} failed: another machine answers at ` +
      `this address. Its host key is not the pinned one, and nothing was sent. Pinned: ${other.id}. ` +
      `Offered: ${bastion.hostKey.fingerprint}.`,
  );
  expect(await failure({ proxyJump: proxyJump(), hostPublicKey })).toContain(
    `Connecting to root@${machine.address} port 22 failed: another machine answers at this address.`,
  );
});

test("what only the machine has need not be copied, and what nobody has is told", async () => {
  const onMachine = (command: string) => at.ssh(machine.address, command);
  const there = await onMachine("echo there > /tmp/there && nix-store --add /tmp/there");
  await copyClosureToMachine(there, request, () => {});

  const nowhere = "/nix/store/0c5b8vw40dy178xlpddw65q9gf1h2186-nowhere";
  await expect(copyClosureToMachine(nowhere, request, () => {})).rejects.toThrow(
    `${nowhere} is in the store of neither this computer nor ${machine.address}. Give system the Git ` +
      "revision that it was built from, or copy it into this computer's store with `nix copy`.",
  );
});
