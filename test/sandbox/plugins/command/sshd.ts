import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";

const projectRoot = join(import.meta.dirname, "../../../..");
const baseRoot = join(process.env.SANDBOX_HOME ?? join(projectRoot, ".sandbox"), "root");

export interface KeyPair {
  readonly privateKey: string;
  /** In the syntax of authorized_keys. */
  readonly publicKey: string;
  /** As `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

export interface SshdOptions {
  /** Any free one, if not given. */
  readonly port?: number;
  readonly authorizedKeys?: readonly string[];
  readonly rootPassword?: string;
  readonly hostKeys?: readonly KeyPair[];
  /** Lines of sshd_config, which go before the helper's own. */
  readonly config?: readonly string[];
}

export interface Sshd {
  readonly host: string;
  readonly port: number;
  readonly hostKey: KeyPair;
  /** Where a file that was written on the server is on this computer. */
  path(remotePath: string): string;
  /** What sshd has written to its log. */
  log(): string[];
  /** How many clients have logged in so far. */
  logins(): number;
  stop(): Promise<void>;
}

/**
 * A real OpenSSH server on loopback, in a root of its own over the sandbox's base root. It lives
 * in process and mount namespaces of its own, so that with its first process all of it is gone.
 */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const folder = await mkdtemp(join(tmpdir(), "sshd-"));
  const hostKeys = options.hostKeys ?? [await generateKeyPair()];
  const port = options.port ?? (await freePort());
  const changes = join(folder, "changes");
  await writeServerFiles(changes, hostKeys, port, options);
  await Promise.all(["work", "root"].map((name) => mkdir(join(folder, name))));

  const server = spawn(
    "unshare",
    ["--mount", "--pid", "--fork", "--kill-child=SIGKILL", "sh", "-euc", startScript, "sh", folder],
    {
      env: { ...process.env, BASE_ROOT: baseRoot, ROOT_PASSWORD: options.rootPassword ?? "" },
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  const lines: string[] = [];
  await listening(server, lines);
  return {
    host: "127.0.0.1",
    port,
    hostKey: hostKeys[0] as KeyPair,
    path: (remotePath) => join(changes, remotePath),
    log: () => [...lines],
    logins: () => lines.filter((line) => line.startsWith("Accepted")).length,
    async stop() {
      if (server.exitCode === null && server.signalCode === null) {
        const ended = once(server, "exit");
        server.kill("SIGKILL");
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const startScript = `
  mount -t overlay overlay -o "lowerdir=$BASE_ROOT,upperdir=$1/changes,workdir=$1/work" "$1/root"
  mount --bind /dev "$1/root/dev"
  mount -t proc proc "$1/root/proc"
  if [ -n "$ROOT_PASSWORD" ]; then
    echo "root:$ROOT_PASSWORD" | chroot "$1/root" chpasswd
  fi
  exec env -i PATH="$PATH" chroot "$1/root" /usr/sbin/sshd -D -e -f /etc/ssh/test_sshd_config
`;

async function writeServerFiles(
  root: string,
  hostKeys: readonly KeyPair[],
  port: number,
  options: SshdOptions,
): Promise<void> {
  await mkdir(join(root, "etc/ssh"), { recursive: true });
  await mkdir(join(root, "run/sshd"), { recursive: true });
  const keyFiles = hostKeys.map((_key, index) => `/etc/ssh/test_host_key_${index}`);
  for (const [index, key] of hostKeys.entries()) {
    await writeFile(join(root, keyFiles[index] as string), key.privateKey, { mode: 0o600 });
  }
  await writeFile(
    join(root, "etc/ssh/test_authorized_keys"),
    (options.authorizedKeys ?? []).map((key) => `${key}\n`).join(""),
  );
  const config = [
    ...(options.config ?? []),
    "ListenAddress 127.0.0.1",
    `Port ${port}`,
    ...keyFiles.map((file) => `HostKey ${file}`),
    "AuthorizedKeysFile /etc/ssh/test_authorized_keys",
    "PermitRootLogin yes",
    "StrictModes no",
    "PidFile none",
    "Subsystem sftp internal-sftp",
  ];
  await writeFile(join(root, "etc/ssh/test_sshd_config"), `${config.join("\n")}\n`);
}

/** Resolves at sshd's own word that it listens. */
function listening(server: ChildProcess, lines: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const output = createInterface({ input: server.stderr as NodeJS.ReadableStream });
    output.on("line", (line) => {
      lines.push(line);
      if (line.startsWith("Server listening on")) resolve();
    });
    server.once("error", reject);
    server.once("exit", (code) => {
      const hint = `the sandbox's base root is made by sandbox/setup at ${baseRoot}`;
      reject(new Error(`sshd ended with ${code}; ${hint}\n${lines.join("\n")}`));
    });
  });
}

export async function generateKeyPair(
  options: { type?: "ed25519" | "rsa" | "ecdsa"; password?: string } = {},
): Promise<KeyPair> {
  const folder = await mkdtemp(join(tmpdir(), "key-"));
  try {
    const file = join(folder, "key");
    const type = options.type ?? "ed25519";
    await execa("ssh-keygen", [
      "-q",
      "-t",
      type,
      "-N",
      options.password ?? "",
      "-C",
      "",
      "-f",
      file,
    ]);
    const { stdout } = await execa("ssh-keygen", ["-l", "-f", `${file}.pub`]);
    return {
      privateKey: await readFile(file, "utf8"),
      publicKey: (await readFile(`${file}.pub`, "utf8")).trim(),
      fingerprint: stdout.split(" ")[1] as string,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
