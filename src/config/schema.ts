import { z } from "zod";
import { activation } from "./activation.ts";
import { build } from "./build.ts";
import { ec2Keys } from "./ec2.ts";
import { healthChecks } from "./health-checks.ts";
import { hosts } from "./hosts.ts";
import { configurationName, publicKey } from "./patterns.ts";
import { someText, wholeNumber } from "./plain-words.ts";
import { previewKeys } from "./preview.ts";
import { rollout } from "./rollout.ts";
import { system } from "./system.ts";

/** Every key of the project's configuration but secrets, which zod never sees. */
export const schema = z.strictObject({
  strategy: z.enum(["live", "image"]),
  machines: z.enum(["sandbox", "existing", "aws"]),
  count: wholeNumber(1, 250),
  hosts,
  flake: someText,
  system,
  configuration: configurationName,
  bootstrapConfiguration: configurationName,
  imageConfiguration: configurationName,
  overrideInputs: z.record(someText, someText),
  values: z.record(z.string(), z.unknown()),
  nixOptions: z.record(
    z.string().regex(/^[a-z][a-z0-9-]*$/, "must be that of a Nix option"),
    z.string(),
  ),
  build,
  sshAgent: z.boolean(),
  authorizedKeys: z.array(publicKey),
  substituteOnDestination: z.boolean(),
  compress: z.boolean(),
  keepGenerations: wholeNumber(0),
  activation,
  healthChecks,
  connectTimeoutSeconds: wholeNumber(1, 3600),
  ...previewKeys,
  rollout,
  ...ec2Keys,
});

/** The configuration's keys that are Pulumi secrets. */
export const secretKeys = ["privateKey", "secrets"] as const;

export type PlainConfig = z.output<typeof schema>;
