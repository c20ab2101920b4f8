import { z } from "zod";

const rule = z.strictObject({
  protocol: z.enum(["tcp", "udp", "icmp", "icmpv6", "-1"]),
  fromPort: z.int().min(-1).max(65535).nullable(),
  toPort: z.int().min(-1).max(65535).nullable(),
  cidr: z.string().min(1),
});

const volume = z.strictObject({
  id: z.string().regex(/^vol-[0-9a-f]+$/),
  device: z.string().regex(/^\/dev\/(sd|xvd)[b-z]+$/),
  file: z.string().startsWith("/"),
});

const metadata = z.strictObject({
  instanceType: z.string(),
  imageId: z.string(),
  availabilityZone: z.string(),
  region: z.string(),
  publicKey: z.string().nullable(),
  httpTokens: z.enum(["required", "optional"]),
  httpEndpoint: z.enum(["enabled", "disabled"]),
  httpPutResponseHopLimit: z.int().min(1).max(64),
});

/** What an EC2 instance is to be: the API describes it whole at every change. */
export const description = z.strictObject({
  id: z.string().regex(/^i-[0-9a-f]{8,17}$/),
  state: z.enum(["running", "stopped", "terminated"]),
  /** Raw disk of the image's root snapshot, read at the first boot only. */
  image: z.string().startsWith("/"),
  rootVolumeBytes: z.int().min(1),
  /** Null until the runner has chosen one. */
  privateAddress: z.ipv4().nullable(),
  /** Elastic ones, or one that EC2 gave. */
  publicAddresses: z.array(z.ipv4()),
  /** Base64. */
  userData: z.string().nullable(),
  metadata,
  ingress: z.array(rule),
  egress: z.array(rule),
  volumes: z.array(volume),
});

export type InstanceDescription = z.output<typeof description>;
export type Rule = z.output<typeof rule>;
export type VolumeDescription = z.output<typeof volume>;

/** What has become of it. */
export interface InstanceResult {
  readonly state: InstanceDescription["state"];
  readonly privateAddress: string | null;
  readonly ipv6Address: string | null;
}
