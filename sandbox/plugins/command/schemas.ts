import { z } from "zod";
import { isArchive, isAsset } from "../lib/property-values.ts";

const logging = z.enum(["stdout", "stderr", "stdoutAndStderr", "none"]);

const endpoint = {
  agentSocketPath: z.string().optional(),
  dialErrorLimit: z.int().min(-1).default(10),
  host: z.string().min(1),
  hostKey: z.string().optional(),
  password: z.string().optional(),
  perDialTimeout: z.int().min(0).default(15),
  port: z.int().min(1).max(65535).default(22),
  privateKey: z.string().optional(),
  privateKeyPassword: z.string().optional(),
  user: z.string().min(1).default("root"),
};

const proxy = z.strictObject(endpoint);
const connection = z.strictObject({ ...endpoint, proxy: proxy.optional() });

const process = {
  addPreviousOutputInEnv: z.boolean().default(true),
  environment: z
    .record(
      z.string().regex(/^[^=\0]+$/, "is not a name that an environment variable can have"),
      z.string(),
    )
    .optional(),
  logging: logging.optional(),
  stdin: z.string().optional(),
};

const localProcess = {
  ...process,
  archivePaths: z.array(z.string()).optional(),
  assetPaths: z.array(z.string()).optional(),
  dir: z.string().optional(),
  interpreter: z.array(z.string()).optional(),
};

const lifecycle = {
  create: z.string().optional(),
  delete: z.string().optional(),
  triggers: z.array(z.unknown()).optional(),
  update: z.string().optional(),
};

const copy = {
  connection,
  remotePath: z.string().min(1),
  triggers: z.array(z.unknown()).optional(),
};

const copySource = z.custom(isCopySource, "is not a FileAsset, a StringAsset or a FileArchive");

/** Version 1.2.1 copies no other kind; later ones copy remote and assembled ones too. */
function isCopySource(value: unknown): boolean {
  if (isAsset(value)) return value.path !== undefined || value.text !== undefined;
  return isArchive(value) && value.path !== undefined;
}

/** The inputs of each resource and function of @pulumi/command 1.2.1, with their defaults. */
export const schemas = {
  "command:local:Command": z.strictObject({ ...localProcess, ...lifecycle }),
  "command:local:run": z.strictObject({ ...localProcess, command: z.string() }),
  "command:remote:Command": z.strictObject({ ...process, ...lifecycle, connection }),
  "command:remote:CopyFile": z.strictObject({ ...copy, localPath: z.string().min(1) }),
  "command:remote:CopyToRemote": z.strictObject({ ...copy, source: copySource }),
};

/** Of what an old asset holds, the engine sends the hash alone. */
const oldSource = z.custom((value) => isAsset(value) || isArchive(value));

/** The inputs as they are in a state. */
export const stateSchemas = {
  ...schemas,
  "command:remote:CopyToRemote": schemas["command:remote:CopyToRemote"].extend({
    source: oldSource,
  }),
};

export type Token = keyof typeof schemas;
export type InputsOf<T extends Token> = z.output<(typeof schemas)[T]>;
export type Endpoint = z.output<typeof proxy>;
export type Connection = z.output<typeof connection>;
export type Logging = z.output<typeof logging>;

export function isToken(token: string): token is Token {
  return Object.hasOwn(schemas, token);
}
