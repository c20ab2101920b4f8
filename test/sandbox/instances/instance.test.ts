import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { instancePaths } from "../../../sandbox/instances/paths.ts";
import { killProcess } from "../../../sandbox/machines/machine-process.ts";
import { knock } from "../../helpers/knock.ts";
import { makeTestInstances, type TestInstances, tracesOf } from "./test-instances.ts";

let at: TestInstances;

beforeAll(async () => {
  at = await makeTestInstances();
});

afterAll(() => at[Symbol.asyncDispose]());

test("an instance boots from its image, with the host key of its user data and the key pair's key", async () => {
  const id = "i-00000000000000001";
  const { state, privateAddress } = await at.apply(at.describe(id));
  expect(state).toBe("running");
  const address = privateAddress ?? "";
  expect(await at.ssh(address, "readlink /nix/var/nix/profiles/system; hostname")).toBe(
    `system-1-link\nip-${address.replaceAll(".", "-")}.eu-central-1.compute.internal`,
  );
  expect(await at.ssh(address, "nix-store --verify && df --output=size -BG / | tail -1")).toMatch(
    / 5G$/,
  );
  expect(await at.apply(at.describe(id))).toMatchObject({ privateAddress: address });
});

test("the metadata service wants a token, and tells what it was told", async () => {
  const id = "i-00000000000000002";
  const { privateAddress } = await at.apply(at.describe(id));
  const get = (path: string, more = "") =>
    at.ssh(
      privateAddress ?? "",
      `curl -s -o - -w ' %{http_code}' ${more} http://169.254.169.254/latest/${path}`,
    );
  expect(await get("meta-data/instance-id")).toBe("Unauthorized 401");
  const withToken = `-H "X-aws-ec2-metadata-token: $(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)"`;
  expect(await get("meta-data/instance-id", withToken)).toBe(`${id} 200`);
  expect(await get("meta-data/public-ipv4", withToken)).toBe("Not Found 404");
  expect(await get("user-data", withToken)).toMatch(/^SSH_HOST_ED25519_KEY:.*\n.*\n 200$/);
  await at.apply(at.describe(id, { publicAddresses: ["198.19.200.2"] }));
  expect(await get("meta-data/public-ipv4", withToken)).toBe("198.19.200.2 200");
});

test("a security group decides which ports answer, while the machine runs too", async () => {
  const id = "i-00000000000000003";
  const { privateAddress, ipv6Address } = await at.apply(at.describe(id));
  const address = privateAddress ?? "";
  await at.ssh(address, "true");
  const { ingress } = at.describe(id);
  const web = ingress.filter(({ fromPort }) => fromPort === 80);
  await at.apply(at.describe(id, { ingress: web }));
  expect(await knock(address, 22)).toBe("no answer");
  expect(await knock(ipv6Address ?? "", 22)).toBe("no answer");
  await at.apply(at.describe(id, { ingress: [{ ...ingress[0], cidr: "192.0.2.0/24" } as never] }));
  expect(await knock(address, 22)).toBe("no answer");
  await at.apply(at.describe(id));
  expect(await knock(address, 22)).toBe("open");
  expect(await knock(ipv6Address ?? "", 22)).toBe("open");

  const fetch = `curl -s --max-time 1 http://${(await hostEnd(address)) ?? ""}:9/; echo $?`;
  expect(await at.ssh(address, fetch)).toBe("7");
  await at.apply(at.describe(id, { egress: [] }));
  expect(await at.ssh(address, fetch)).toBe("28");
});

/** This computer's end of the wire to a machine. */
async function hostEnd(address: string): Promise<string | undefined> {
  const { stdout } = await execa("ip", ["-json", "route", "get", address]);
  return JSON.parse(stdout)[0].prefsrc;
}

test("a public address comes and goes, and the machine stays", async () => {
  const id = "i-00000000000000004";
  const described = at.describe(id, { publicAddresses: ["198.19.200.4"] });
  await at.apply(described);
  expect(await at.ssh("198.19.200.4", "echo here")).toBe("here");
  await at.apply({ ...described, publicAddresses: ["198.19.200.5"] });
  expect(await at.ssh("198.19.200.5", "echo there")).toBe("there");
  expect((await execa("ip", ["route"])).stdout).not.toContain("198.19.200.4");
});

test("a stopped instance leaves only its folder, and starts with its disk and its address", async () => {
  const id = "i-00000000000000005";
  const { privateAddress } = await at.apply(at.describe(id));
  const address = privateAddress ?? "";
  await at.ssh(address, "echo kept > /var/lib/kept && sync");
  const stopped = await at.apply(at.describe(id, { state: "stopped" }));
  expect(stopped).toMatchObject({ state: "stopped", privateAddress: address });
  const { folder } = await instancePaths(at.home, id);
  expect(await tracesOf(at.home, id)).toEqual([folder]);
  expect(await at.apply(at.describe(id))).toMatchObject({ privateAddress: address });
  expect(await at.ssh(address, "cat /var/lib/kept")).toBe("kept");
});

test("a machine that crashed is started again with its disk", async () => {
  const id = "i-00000000000000006";
  const { privateAddress } = await at.apply(at.describe(id));
  await at.ssh(privateAddress ?? "", "echo kept > /var/lib/kept && sync");
  await killProcess(await instancePaths(at.home, id));
  await at.apply(at.describe(id));
  expect(await at.ssh(privateAddress ?? "", "cat /var/lib/kept")).toBe("kept");
});

test("a volume keeps its content from one machine to the next", async () => {
  const volume = await at.makeVolume("vol-00000000000000001");
  const first = at.describe("i-00000000000000007");
  const one = await at.apply(first);
  await at.apply({ ...first, volumes: [volume] });
  await at.ssh(
    one.privateAddress ?? "",
    "mkfs.ext4 -q /dev/sdf && mount /dev/sdf /mnt && echo kept > /mnt/file",
  );
  await at.apply(first);
  expect(await at.ssh(one.privateAddress ?? "", "ls /dev/sdf 2>&1 || true")).toMatch(
    /No such file/,
  );
  const other = await at.apply(at.describe("i-00000000000000008", { volumes: [volume] }));
  expect(await at.ssh(other.privateAddress ?? "", "mount /dev/sdf /mnt && cat /mnt/file")).toBe(
    "kept",
  );
  await at.apply(at.describe("i-00000000000000008", { state: "terminated" }));
  expect((await execa("losetup", ["--list"])).stdout).not.toContain(volume.file);
});

test("a terminated instance leaves nothing, and can be terminated again", async () => {
  const id = "i-00000000000000009";
  const volume = await at.makeVolume("vol-00000000000000002");
  const described = at.describe(id, { publicAddresses: ["198.19.200.9"], volumes: [volume] });
  await at.apply(described);
  expect(await tracesOf(at.home, id)).not.toEqual([]);
  const terminated = { state: "terminated", privateAddress: null, ipv6Address: null };
  expect(await at.apply({ ...described, state: "terminated" })).toEqual(terminated);
  expect(await tracesOf(at.home, id)).toEqual([]);
  expect(await at.apply({ ...described, state: "terminated" })).toEqual(terminated);
});

test("an image that is no disk with a system is refused, and nothing stays mounted", async () => {
  const id = "i-0000000000000000a";
  const blank = (await at.makeVolume("vol-0000000000000000a")).file;
  await expect(at.apply(at.describe(id, { image: blank }))).rejects.toThrow(
    `Instance ${id} cannot boot: its image ${blank} is no disk with a NixOS system on its first partition.`,
  );
  await at.apply(at.describe(id, { state: "terminated" }));
  expect(await tracesOf(at.home, id)).toEqual([]);
});
