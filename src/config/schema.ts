import { z } from "zod";
import { activation } from "./activation.ts";
import { build } from "./build.ts";
import { ec2Keys } from "./ec2.ts";
import { healthChecks } from "./health-checks.ts";
import { hosts } from "./hosts.ts";
import { configurationName, publicKey } from "./patterns.ts";
import { previewKeys } from "./preview.ts";
import { rollout } from "./rollout.ts";
import { system } from "./system.ts";

/** Every key of the project's configuration but secrets, which zod never sees. */
export const schema = z.strictObject({
  strategy: z.enum(["live", "image"]),
  machines: z.enum(["sandbox", "existing", "aws"]),
  count: z.int().min(1).max(250),
  hosts,
  flake: z.string().min(1),
  system,
  configuration: configurationName,
  bootstrapConfiguration: configurationName,
  imageConfiguration: configurationName,
  overrideInputs: z.record(z.string().min(1), z.string().min(1)),
  values: z.record(z.string(), z.unknown()),
  nixOptions: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.string()),
  build,
  sshAgent: z.boolean(),
  authorizedKeys: z.array(publicKey),
  substituteOnDestination: z.boolean(),
  compress: z.boolean(),
  keepGenerations: z.int().min(0),
  activation,
  healthChecks,
  connectTimeoutSeconds: z.int().min(1).max(3600),
  ...previewKeys,
  rollout,
  ...ec2Keys,
});

/** The configuration's keys that are Pulumi secrets. */
export const secretKeys = ["privateKey", "secrets"] as const;

export type PlainConfig = z.output<typeof schema>;
