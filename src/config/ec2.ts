import { isIP } from "node:net";
import { z } from "zod";
import { wholeNumber } from "./plain-words.ts";

const cidr = z.string().refine(isCidr, "must be a network such as 192.0.2.7/32 or 2001:db8::/32");

const cidrs = z
  .array(cidr)
  .refine((named) => new Set(named).size === named.length, "must not have the same network twice");

const gibibytes = wholeNumber(1, 16_384);

/** An EBS volume that outlives the machine it is attached to. */
const dataVolume = z.strictObject({
  sizeGiB: gibibytes,
  type: z.enum(["gp3", "gp2", "io1", "io2", "st1", "sc1"]).default("gp3"),
  encrypted: z.boolean().default(true),
  mountPoint: z
    .string()
    .regex(/^\/[\w.-]+(\/[\w.-]+)*$/, "must be an absolute path such as /data")
    .default("/data"),
  /** Protected from deletion: `pulumi destroy` stops before it. */
  protect: z.boolean().default(true),
});

export type DataVolumeConfig = z.infer<typeof dataVolume>;

/** What concerns machines on Amazon EC2 and the images that they start from. */
export const ec2Keys = {
  platform: z.enum(["x86_64-linux", "aarch64-linux"]),
  instanceType: z
    .string()
    .regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, "must be an instance type such as t3.micro"),
  baseImage: z.enum(["built", "catalog"]),
  catalogRelease: z.string().regex(/^\d\d\.\d\d$/, "must be a NixOS release such as 26.05"),
  image: z
    .string()
    .regex(/^(ami-[0-9a-f]{8,17})?$/, "must be the ID of an AMI: ami-0123456789abcdef0"),
  retainImages: wholeNumber(0, 100),
  replaceMachines: z.boolean(),
  httpCidrs: cidrs,
  sshCidrs: cidrs,
  elasticIp: z.boolean(),
  rootVolumeGiB: gibibytes,
  rootVolumeEncrypted: z.boolean(),
  dataVolume: z.preprocess(emptyToUndefined, dataVolume.optional()),
  importTimeoutMinutes: wholeNumber(1, 1440),
  forceDestroyBucket: z.boolean(),
};

/** Pulumi.yaml has no null: an empty object stands for no volume. */
function emptyToUndefined(value: unknown): unknown {
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return isEmpty ? undefined : value;
}

function isCidr(text: string): boolean {
  const [address = "", length, ...others] = text.split("/");
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return others.length === 0 && /^\d{1,3}$/.test(length ?? "") && Number(length) <= bits;
}
