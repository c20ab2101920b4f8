import { existsSync } from "node:fs";
import { mkdtemp, readFile, realpath, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import pRetry from "p-retry";
import * as sshKey from "../../../providers/ssh-key.impl.ts";
import type { InstanceDescription } from "../../../sandbox/instances/description.ts";
import { applyDescription, terminateInstance } from "../../../sandbox/instances/instance.ts";
import { instancePaths, instancesFolder } from "../../../sandbox/instances/paths.ts";
import { sandboxHome } from "../../../sandbox/machines/paths.ts";
import { foldersIn } from "../../../sandbox/machines/record.ts";
import { hostKeyUserData } from "../../../src/machines/ec2/user-data.ts";
import { evaluate } from "../../../src/nix/evaluate.ts";
import { readImageInfo } from "../../../src/nix/image-info.ts";

/** Instances of the flake's own bootstrap image, in a sandbox of their own. */
export interface TestInstances extends AsyncDisposable {
  readonly home: string;
  readonly image: string;
  /** Describes a running instance that SSH and HTTP reach from everywhere. */
  describe(id: string, changes?: Partial<InstanceDescription>): InstanceDescription;
  apply(wanted: InstanceDescription): ReturnType<typeof applyDescription>;
  /** A blank volume of 64 MiB. */
  makeVolume(id: string): Promise<InstanceDescription["volumes"][number]>;
  /** Runs a command as root, with the host key of the user data pinned, as soon as sshd answers. */
  ssh(address: string, command: string): Promise<string>;
}

export async function makeTestInstances(values: object = {}): Promise<TestInstances> {
  const home = await mkdtemp(join(sandboxHome(), "test-"));
  await symlink(await realpath(join(sandboxHome(), "root")), join(home, "root"));
  const [user, host] = await Promise.all([sshKey.create({}), sshKey.create({})]);
  const image = await makeImage(home, values);
  await writeFile(join(home, "key"), user.outs.privateKey, { mode: 0o600 });
  const everywhere = ["0.0.0.0/0", "::/0"];
  const tcp = (port: number) =>
    everywhere.map((cidr) => ({ protocol: "tcp" as const, fromPort: port, toPort: port, cidr }));
  return {
    home,
    image,
    describe: (id, changes = {}) => ({
      id,
      state: "running",
      image,
      rootVolumeBytes: 5 * 1024 ** 3,
      privateAddress: null,
      publicAddresses: [],
      userData: Buffer.from(hostKeyUserData(host.outs.privateKey, host.outs.publicKey)).toString(
        "base64",
      ),
      metadata: {
        instanceType: "t3.micro",
        imageId: "ami-0123456789abcdef0",
        availabilityZone: "eu-central-1a",
        region: "eu-central-1",
        publicKey: user.outs.publicKey,
        httpTokens: "required",
        httpEndpoint: "enabled",
        httpPutResponseHopLimit: 1,
      },
      ingress: [...tcp(22), ...tcp(80)],
      egress: everywhere.map((cidr) => ({ protocol: "-1", fromPort: null, toPort: null, cidr })),
      volumes: [],
      ...changes,
    }),
    apply: (wanted) => applyDescription(home, wanted),
    async makeVolume(id) {
      const file = join(home, `${id}.raw`);
      await writeFile(file, "");
      await truncate(file, 64 * 1024 ** 2);
      return { id, device: "/dev/sdf", file };
    },
    async ssh(address, command) {
      await writeFile(join(home, `known-${address}`), `${address} ${host.outs.publicKey}\n`);
      const options = [
        ...["-F", "none", "-i", join(home, "key"), "-o", "IdentitiesOnly=yes"],
        ...["-o", `UserKnownHostsFile=${join(home, `known-${address}`)}`],
        ...["-o", "BatchMode=yes", "-o", "ConnectTimeout=2", "-o", "LogLevel=ERROR"],
      ];
      const connect = () => execa("ssh", [...options, `root@${address}`, command]);
      const isRefused = (error: unknown) => (error as { exitCode?: number }).exitCode === 255;
      const { stdout } = await pRetry(connect, {
        ...{ retries: 200, minTimeout: 100, maxTimeout: 200, maxRetryTime: 60_000 },
        shouldRetry: ({ error }) => isRefused(error),
      });
      return stdout;
    },
    async [Symbol.asyncDispose]() {
      for (const id of await foldersIn(instancesFolder(home))) await terminateInstance(home, id);
      await rm(home, { recursive: true });
    },
  };
}

async function makeImage(home: string, values: object): Promise<string> {
  const context = {
    flake: process.cwd(),
    overrideInputs: { nixpkgs: `path:${sandboxHome()}/nixpkgs` },
    attribute: `nixosConfigurations.${"dataVolume" in values ? "server" : "bootstrap"}.config.system.build.images.amazon`,
    values: { ...values },
  };
  const { drvPath, outPath } = await evaluate(context);
  await execa("nix-store", ["--realise", drvPath]);
  const info = await readImageInfo(outPath);
  const image = join(home, "image.raw");
  await execa("qemu-img", ["convert", "-f", "vpc", "-O", "raw", info?.file ?? "", image]);
  return image;
}

/** Everything on the computer that belongs to the instance. */
export async function tracesOf(home: string, id: string): Promise<string[]> {
  const paths = await instancePaths(home, id);
  const words = [paths.folder, paths.interface, paths.namespace];
  const [mounts, ...printed] = await Promise.all([
    readFile("/proc/self/mounts", "utf8"),
    execa("ip", ["-oneline", "link"]),
    execa("ip", ["route"]),
    execa("ip", ["netns", "list"]),
    execa("ps", ["-e", "-o", "args"]),
    execa("losetup", ["--list", "--output", "BACK-FILE"]),
  ]);
  const lines = [mounts, ...printed.map(({ stdout }) => stdout)].join("\n").split("\n");
  return [
    ...lines.filter((line) => words.some((word) => line.includes(word))),
    ...(existsSync(paths.folder) ? [paths.folder] : []),
  ];
}
