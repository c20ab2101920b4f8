import { EC2Client } from "@aws-sdk/client-ec2";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";

/** The provider's configuration, as far as the stand-in knows it. */
export interface Configuration {
  readonly region?: string;
  readonly profile?: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
}

let configuration: Configuration = {};

export function configureClients(given: Configuration): void {
  configuration = given;
}

export function region(): string {
  const found = configuration.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (found) return found;
  throw new Error("Missing region configuration: run `pulumi config set aws:region REGION`");
}

/** Endpoint and credentials are those of the environment unless the configuration has its own. */
function settings() {
  const { profile, accessKey, secretKey } = configuration;
  return {
    region: region(),
    ...(profile && { profile }),
    ...(accessKey &&
      secretKey && { credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } }),
  };
}

export const ec2 = once(() => new EC2Client(settings()));
export const iam = once(() => new IAMClient(settings()));
/** In path style, as every endpoint that is not Amazon's own needs. */
export const s3 = once(
  () => new S3Client({ ...settings(), forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL) }),
);

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
