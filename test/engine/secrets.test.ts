import { spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import * as sshKey from "../../providers/ssh-key.impl.ts";
import { machinePaths, sandboxHome } from "../../sandbox/machines/paths.ts";
import { connect, type SshConnection } from "../../src/ssh/connection.ts";
import { rebootComputer } from "../sandbox/machines/reboot-computer.ts";
import {
  filesWith,
  grepCommand,
  makeCanary,
  tracesIn,
  tracesOf,
  watchProcesses,
} from "./canaries.ts";
import { machinesOf } from "./machines.ts";
import { makeProject, type Project } from "./project.ts";

/** Names to values, each with a canary of its own. NUL cannot be in a command's argument. */
const canaries = Array.from({ length: 8 }, makeCanary);
const [plain, pem, quotes, unicode, dash, blob, kept, changed] = canaries;
const values: Record<string, string> = {
  token: `${plain}`,
  key: `-----BEGIN OPENSSH PRIVATE KEY-----\n${pem}\n-----END OPENSSH PRIVATE KEY-----\n`,
  quotes: `'"\`$(id)\\ ${quotes} "'\n\n`,
  unicode: `\u{1F511} é ${unicode}\r\n`,
  dash: `-n --help ${dash}`,
  // Pulumi hands the whole configuration over in one environment variable, which 128 KiB fit in.
  blob: Array.from({ length: 32 * 1024 }, (_, at) =>
    String.fromCharCode(at % 256 < 8 ? 1 + (at % 256) : 128 + (at % 128)),
  )
    .join("")
    .concat(`${blob}`),
  kept: `on the disk ${kept}\n`,
};
const newToken = `the next ${changed}`;
/** What the machine has in the end. */
const left: Record<string, string> = { ...values, token: newToken };
delete left.dash;
const traces = Object.values(values)
  .concat(newToken)
  .flatMap((value, index) => tracesOf(canaries[index] ?? "", value));

const units = `
  systemd.services.reader = {
    wantedBy = [ "multi-user.target" ];
    serviceConfig = {
      Type = "exec";
      LoadCredential = [ "token:/run/secrets/token" "kept:/run/secrets/kept" ];
      ExecStart = "/bin/sh -c 'test -s %d/token && exec sleep infinity'";
    };
  };
}`;

const resource = (name: string) => `SecretFile machine-1-secret-${name}`;

test("a secret is in its file and nowhere else, for as long as it is the stack's", async () => {
  const user = await sshKey.create({});
  const temporary = join(sandboxHome(), `test-secrets-${process.pid}`);
  await mkdir(temporary);
  onTestFinished(() => rm(temporary, { recursive: true }));
  await using project = await makeProject(
    {
      "iplz:authorizedKeys[0]": { value: user.outs.publicKey },
      ...Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          `iplz:secrets.${name}.value`,
          { value, secret: true },
        ]),
      ),
      "iplz:secrets.kept.persist": { value: "true" },
      "iplz:secrets.key.mode": { value: "0440" },
      "iplz:secrets.key.group": { value: "adm" },
      "iplz:secrets.token.restartUnits[0]": { value: "reader.service" },
    },
    { TMPDIR: temporary },
  );
  await project.edit("nix/modules/live.nix", "\n}", units);

  const told: string[] = [];
  // Only while the CLI works: `pulumi config set` has the test's values on its own command line.
  const run = async (what: "up" | "preview" | "refresh") => {
    const processes = watchProcesses();
    const { steps, output, events, error } = await project[what]();
    told.push(await processes.stop(), output, events);
    expect(error).toBeUndefined();
    return steps;
  };
  expect(await run("up")).toMatchObject(
    Object.fromEntries(Object.keys(values).map((name) => [resource(name), "create"])),
  );
  expect(told[0]).toContain("secrets\0apply");
  const logIn = () => connectTo(project, user.outs.privateKey);
  {
    await using machine = await logIn();
    expect(await contents(machine)).toEqual(values);
    expect(await machine.run("stat -c '%U:%G %a' /run/secrets/key")).toMatchObject({
      stdout: "root:adm 440\n",
    });

    const before = await invocations(machine);
    await project.stack.setConfig(
      "iplz:secrets.token.value",
      { value: newToken, secret: true },
      true,
    );
    expect(await run("preview")).toEqual({ [resource("token")]: "update" });
    expect(await run("up")).toEqual({ [resource("token")]: "update" });
    expect(await contents(machine)).toEqual({ ...values, token: newToken });
    const after = await invocations(machine);
    expect(Object.keys(after).filter((unit) => after[unit] !== before[unit])).toEqual([
      "reader.service",
    ]);

    await machine.run("rm /run/secrets/key");
    expect(await run("refresh")).toEqual({ [resource("key")]: "update" });
    await project.stack.removeConfig("iplz:secrets.dash", true);
    expect(await run("up")).toEqual({ [resource("key")]: "update", [resource("dash")]: "delete" });
    expect((await machine.run("ls -A /var/lib/nixos-secrets")).stdout.split("\n")).toEqual([
      ...Object.keys(left).toSorted(),
      "",
    ]);
  }

  await rebootComputer(sandboxHome(), `iplz-${project.stackName}-1`);
  expect(await run("refresh")).toEqual({ "Machine machine-1": "update" });
  expect(await run("up")).toEqual({ "Machine machine-1": "update" });
  await using machine = await logIn();
  expect(await contents(machine)).toEqual(left);
  expect(await machine.run("systemctl is-active reader nixos-secrets")).toMatchObject({
    stdout: "active\nactive\n",
  });

  const found = () => search(project, machine, temporary, told);
  expect(await found()).toEqual({ told: [], files: [], memory: [], journal: [] });
  const planted = await plant(project, machine, temporary);
  told.push(values.token ?? "");
  const { files, ...others } = await found();
  expect(others).toEqual({ told: [plain], memory: ["/tmp/planted"], journal: [plain] });
  const isJournal = (file: string) => file.includes("/var/log/journal/");
  expect(files.some(isJournal)).toBe(true);
  expect(files.filter((file) => !isJournal(file)).toSorted()).toEqual(planted.toSorted());
  const child = spawn("sh", ["-c", "read _", values.token ?? ""]);
  const sampled = await watchOnce();
  child.kill();
  expect(tracesIn(sampled, traces)).toEqual([plain]);
});

async function connectTo(project: Project, privateKey: string): Promise<SshConnection> {
  const [machine] = await machinesOf(project);
  const { resources } = (await project.stack.exportStack()).deployment;
  const hostKey = resources.find(({ urn }: { urn: string }) => urn.endsWith("machine-1-host-key"));
  const hostPublicKey = hostKey.outputs.publicKey;
  return connect(
    { address: machine?.address ?? "", port: 22, user: "root", hostPublicKey, privateKey },
    60,
  );
}

async function contents(machine: SshConnection): Promise<Record<string, string>> {
  const { stdout } = await machine.run(
    'cd /run/secrets && for f in $(ls -A); do echo "$f $(base64 -w0 "$f")"; done',
  );
  const lines = stdout.trimEnd().split("\n");
  return Object.fromEntries(
    lines.map((line) => {
      const [name = "", base64 = ""] = line.split(" ");
      return [name, Buffer.from(base64, "base64").toString()];
    }),
  );
}

/** Another ID means that the unit was started again. */
async function invocations(machine: SshConnection): Promise<Record<string, string>> {
  const { stdout } = await machine.run("systemctl show --property Id,InvocationID '*.service'");
  return Object.fromEntries(
    [...stdout.matchAll(/Id=(.*)\nInvocationID=(.*)|InvocationID=(.*)\nId=(.*)/g)].map(
      ([, id, invocation, first, second]) => [id ?? second ?? "", invocation ?? first ?? ""],
    ),
  );
}

/** Every place where a secret could be left, but its own file and what systemd made of it for its unit. */
async function search(
  project: Project,
  machine: SshConnection,
  temporary: string,
  texts: readonly string[],
) {
  const paths = await machinePaths(sandboxHome(), `iplz-${project.stackName}-1`);
  const files = await filesWith(traces, [
    ...[project.folder, temporary, "/nix/store", paths.upper, paths.console],
  ]);
  const memory = await machine.run(grepCommand(["/run", "/tmp", "/dev/shm"]), {
    stdin: traces.join("\n"),
  });
  const journal = await machine.run("journalctl --no-pager --output export");
  return {
    told: texts.flatMap((text) => tracesIn(text, traces)),
    files: files.filter((file) => !/\/var\/lib\/secrets\/kept$/.test(file)),
    memory: memory.stdout
      .split("\n")
      .filter(
        (file) => file !== "" && !/^\/run\/(secrets|credentials\/reader\.service)\//.test(file),
      ),
    journal: tracesIn(journal.stdout, traces),
  };
}

/** Puts a secret wherever it must not be, and tells the files of this computer that have it. */
async function plant(project: Project, machine: SshConnection, temporary: string) {
  const files = [project.folder, temporary].map((folder) => join(folder, "planted"));
  for (const file of files) await writeFile(file, values.token ?? "");
  const { stdout: storePath } = await execa("nix-store", ["--add", join(temporary, "planted")]);
  onTestFinished(async () => {
    await execa("nix-store", ["--delete", storePath]);
  });
  await machine.run(
    `echo ${plain} | tee /tmp/planted >/srv/planted; echo ${plain} | systemd-cat; journalctl --sync`,
  );
  const { upper } = await machinePaths(sandboxHome(), `iplz-${project.stackName}-1`);
  return [...files, storePath, join(upper, "srv/planted")];
}

async function watchOnce(): Promise<string> {
  const processes = watchProcesses();
  await new Promise((resolve) => setTimeout(resolve, 200));
  return processes.stop();
}
