import { dirname } from "node:path/posix";
import { promisify } from "node:util";
import type { Client, SFTPWrapper, Stats } from "ssh2";

const noSuchFile = 2;

/** The files of a host, over SFTP. Every error names the path that it is about. */
export class FileTransfer {
  readonly #sftp: SFTPWrapper;

  private constructor(sftp: SFTPWrapper) {
    this.#sftp = sftp;
  }

  static async open(client: Client): Promise<FileTransfer> {
    return new FileTransfer(await promisify(client.sftp.bind(client) as OpenSftp)());
  }

  /** Nothing where there is no such path. */
  async stat(path: string): Promise<Stats | undefined> {
    try {
      return await promisify(this.#sftp.stat.bind(this.#sftp))(path);
    } catch (error) {
      if ((error as { code?: unknown }).code === noSuchFile) return undefined;
      throw failure(`look at remote path ${path}`, error);
    }
  }

  async makeFolder(path: string): Promise<void> {
    const stats = await this.stat(path);
    if (stats?.isDirectory()) return;
    if (stats !== undefined) throw new Error(`remote path ${path} exists but is not a directory`);
    if (dirname(path) !== path) await this.makeFolder(dirname(path));
    await this.#attempt(`create remote directory ${path}`, (done) => this.#sftp.mkdir(path, done));
  }

  async putFile(local: string, remote: string): Promise<void> {
    await this.#attempt(`copy file ${local} to remote path ${remote}`, (done) =>
      this.#sftp.fastPut(local, remote, done),
    );
  }

  async putText(text: string, remote: string): Promise<void> {
    await this.#attempt(`write text to remote path ${remote}`, (done) =>
      this.#sftp.writeFile(remote, text, done),
    );
  }

  async #attempt(what: string, start: (done: Done) => void): Promise<void> {
    try {
      await promisify(start)();
    } catch (error) {
      throw failure(what, error);
    }
  }
}

type Done = (error?: Error | null) => void;
type OpenSftp = (opened: (error: Error | undefined, sftp: SFTPWrapper) => void) => void;

function failure(what: string, error: unknown): Error {
  return new Error(`failed to ${what}: ${(error as Error).message}`, { cause: error });
}
