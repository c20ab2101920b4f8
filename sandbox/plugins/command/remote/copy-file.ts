import { access, constants } from "node:fs/promises";
import type { Operation } from "../../lib/operation.ts";
import type { Resource } from "../resource.ts";
import type { InputsOf } from "../schemas.ts";
import { withConnection } from "./connection-when-needed.ts";
import { FileTransfer } from "./file-transfer.ts";

type Inputs = InputsOf<"command:remote:CopyFile">;

/** Copies one file to one path. Any change replaces it, and nothing is removed on delete. */
export const copyFile: Resource<Inputs, Record<string, never>> = {
  unknownResults: () => [],
  readResults: () => ({}),
  create,
  update: (inputs, _old, operation) => create(inputs, operation),
  delete: async () => undefined,
};

async function create(inputs: Inputs, operation: Operation): Promise<Record<string, never>> {
  await access(inputs.localPath, constants.R_OK);
  await withConnection(inputs.connection, operation, async (client) => {
    const files = await FileTransfer.open(client);
    await files.putFile(inputs.localPath, inputs.remotePath);
  });
  return {};
}
