import { readdir, stat } from "node:fs/promises";
import { basename } from "node:path";
import { dirname, join } from "node:path/posix";
import type { Operation } from "../../lib/operation.ts";
import type { Asset } from "../../lib/property-values.ts";
import type { Resource } from "../resource.ts";
import type { InputsOf } from "../schemas.ts";
import { withConnection } from "./connection-when-needed.ts";
import { FileTransfer } from "./file-transfer.ts";

type Inputs = InputsOf<"command:remote:CopyToRemote">;

/** Copies a file, a folder or a text to a path. Nothing is removed on update or delete. */
export const copyToRemote: Resource<Inputs, Record<string, never>> = {
  unknownResults: () => [],
  readResults: () => ({}),
  create,

  async update(inputs, old, operation) {
    const isCopied =
      source(inputs).hash === source(old.inputs).hash &&
      inputs.remotePath === old.inputs.remotePath;
    return isCopied ? {} : create(inputs, operation);
  },

  delete: async () => undefined,
};

/** An archive here is a path too, and is copied as it is. */
function source(inputs: Inputs): Asset {
  return inputs.source as Asset;
}

async function create(inputs: Inputs, operation: Operation): Promise<Record<string, never>> {
  const { path, text = "" } = source(inputs);
  await withConnection(inputs.connection, operation, async (client) => {
    const files = await FileTransfer.open(client);
    if (path === undefined) await copyText(files, text, inputs.remotePath);
    else if ((await stat(path)).isDirectory()) await copyFolder(files, path, inputs.remotePath);
    else await copyFile(files, path, inputs.remotePath);
  });
  return {};
}

async function copyText(files: FileTransfer, text: string, remotePath: string): Promise<void> {
  if ((await files.stat(remotePath))?.isDirectory()) {
    throw new Error(
      `remote path ${remotePath} is a directory; a text asset needs the path of a file`,
    );
  }
  await files.makeFolder(dirname(remotePath));
  await files.putText(text, remotePath);
}

/** Into a folder that is there under its own name, else to the path itself. */
async function copyFile(files: FileTransfer, path: string, remotePath: string): Promise<void> {
  const isInFolder = (await files.stat(remotePath))?.isDirectory() === true;
  if (!isInFolder) await files.makeFolder(dirname(remotePath));
  await files.putFile(path, isInFolder ? join(remotePath, basename(path)) : remotePath);
}

/** As rsync does: a path that ends in a slash stands for what is in the folder. */
async function copyFolder(files: FileTransfer, path: string, remotePath: string): Promise<void> {
  await copyContents(
    files,
    path,
    path.endsWith("/") ? remotePath : join(remotePath, basename(path)),
  );
}

async function copyContents(files: FileTransfer, path: string, remotePath: string): Promise<void> {
  await files.makeFolder(remotePath);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const from = join(path, entry.name);
    const to = join(remotePath, entry.name);
    if (entry.isDirectory()) await copyContents(files, from, to);
    else await files.putFile(from, to);
  }
}
