import { expect, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { aws, configure, faults, faultsOnAws, withRegion } from "./configure.ts";

test("machines on EC2 need a region, and live ones a network to be deployed from", () => {
  configure({ ...aws, sshCidrs: "[]" });
  withRegion();
  expect(() => readConfig()).toThrow(
    "- iplz:sshCidrs: is empty, but live machines are deployed to over SSH. Set it to your own address, " +
      'which `curl https://checkip.amazonaws.com` prints: ["ADDRESS/32"]',
  );
  delete process.env.AWS_REGION;
  expect(faults(aws)).toEqual([
    "- iplz:machines: is aws, but there is no region. Run: pulumi config set aws:region REGION",
  ]);
});

test("an image stack needs no SSH, and a data volume takes its defaults", () => {
  configure({ strategy: "image", machines: "aws", dataVolume: '{"sizeGiB":20}' });
  withRegion();
  expect(readConfig().dataVolume).toEqual({
    sizeGiB: 20,
    type: "gp3",
    encrypted: true,
    mountPoint: "/data",
    protect: true,
  });
});

test.each([
  ["t4g.micro", "arm64"],
  ["a1.large", "arm64"],
  ["g5g.xlarge", "arm64"],
  ["c7gn.medium", "arm64"],
  ["x2gd.medium", "arm64"],
  ["t3.micro", "x86_64"],
  ["g4dn.xlarge", "x86_64"],
  ["m7i-flex.large", "x86_64"],
])("the instance type %s is for %s", (instanceType, architecture) => {
  const [platform, other] =
    architecture === "arm64"
      ? ["aarch64-linux", "x86_64-linux"]
      : ["x86_64-linux", "aarch64-linux"];
  expect(faultsOnAws({ instanceType, platform })).toEqual([]);
  expect(faultsOnAws({ instanceType, platform: other })).toEqual([
    `- iplz:instanceType: ${instanceType} is ${architecture}, but platform is ${other}: take one such ` +
      `as ${architecture === "arm64" ? "t3.micro" : "t4g.micro"}, or change platform`,
  ]);
});

test.each(["192.0.2.1", "192.0.2.1/33", "2001:db8::/129", "here/8", "10.0.0.0/8/8", ""])(
  "%j is no network",
  (cidr) => {
    expect(faultsOnAws({ httpCidrs: JSON.stringify([cidr]) })).toEqual([
      `- iplz:httpCidrs[0]: must be a network such as 192.0.2.7/32 or 2001:db8::/32 (got ${JSON.stringify(cidr)})`,
    ]);
  },
);

test("one network twice is refused, since a rule is made of each", () => {
  const twice = ["192.0.2.0/24", "192.0.2.0/24"];
  expect(faultsOnAws({ sshCidrs: JSON.stringify(twice) })).toEqual([
    `- iplz:sshCidrs: must not have the same network twice (got ${JSON.stringify(twice)})`,
  ]);
});
