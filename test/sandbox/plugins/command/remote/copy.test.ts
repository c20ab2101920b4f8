import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Archive,
  type Asset,
  makeAssetArchive,
  makeFileAsset,
  type Properties,
} from "../../../../../sandbox/plugins/lib/property-values.ts";
import { messageOf } from "../operation.ts";
import { type CommandProvider, startProvider } from "../provider.ts";
import { generateKeyPair, type Sshd, startSshd } from "../sshd.ts";

let provider: CommandProvider;
let server: Sshd;
let connection: Properties;
let folder: string;
let remoteFolder: string;
let count = 0;

beforeAll(async () => {
  provider = await startProvider();
  const user = await generateKeyPair();
  server = await startSshd({ authorizedKeys: [user.publicKey] });
  const { host, port, hostKey } = server;
  connection = { host, port, privateKey: user.privateKey, hostKey: hostKey.publicKey };
  folder = await mkdtemp(join(tmpdir(), "copy-"));
  await mkdir(join(folder, "site/sub/empty"), { recursive: true });
  await writeFile(join(folder, "site/a"), "A");
  await writeFile(join(folder, "site/sub/b"), Buffer.alloc(1_000_000, "b"));
  await writeFile(join(folder, "file"), "content");
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
  await provider.stop();
});
beforeEach(() => {
  remoteFolder = `/root/copies/${count++}`;
});

async function apply(type: string, news: Properties, state?: Properties): Promise<Properties> {
  const resource = { type, name: "copy" };
  const { inputs, failures } = await provider.check(resource, { connection, ...news });
  expect(failures).toEqual([]);
  if (state !== undefined) return provider.update(resource, state, inputs);
  const { id, outputs } = await provider.create(resource, inputs);
  expect(id).toMatch(/^[0-9a-f]{8}$/);
  expect(outputs).toEqual(inputs);
  return outputs;
}
const copy = (source: Asset | Archive, remotePath: string, state?: Properties) =>
  apply("command:remote:CopyToRemote", { source, remotePath }, state);
const copyFile = (localPath: string, remotePath: string) =>
  apply("command:remote:CopyFile", { localPath, remotePath });

const text = (content: string, hash = content): Asset => {
  const { path: _path, ...asset } = makeFileAsset("", hash);
  return { ...asset, text: content };
};
const archive = (path: string): Archive => {
  const { assets: _assets, ...rest } = makeAssetArchive({}, path);
  return { ...rest, path };
};
const remote = (path: string) => server.path(join(remoteFolder, path));
const read = (path: string) => readFile(remote(path), "utf8");
const list = async (path: string) =>
  (await readdir(remote(path), { recursive: true })).sort().join(" ");

describe("CopyToRemote", () => {
  it("copies a file to a path whose parents are not there", async () => {
    await copy(makeFileAsset(join(folder, "file"), "1"), `${remoteFolder}/deep/er/name`);
    expect(await read("deep/er/name")).toBe("content");
  });

  it("copies a file into a folder that is there, under its own name", async () => {
    await copy(text("x"), `${remoteFolder}/name`);
    await copy(makeFileAsset(join(folder, "file"), "1"), remoteFolder);
    expect(await read("file")).toBe("content");
  });

  it("overwrites a longer file", async () => {
    await copy(text("much longer content"), `${remoteFolder}/name`);
    await copy(makeFileAsset(join(folder, "file"), "1"), `${remoteFolder}/name`);
    expect(await read("name")).toBe("content");
  });

  it("copies an empty file", async () => {
    await writeFile(join(folder, "empty"), "");
    await copy(makeFileAsset(join(folder, "empty"), "1"), `${remoteFolder}/empty`);
    expect(await read("empty")).toBe("");
  });

  it("writes a text, an empty one too", async () => {
    await copy(text("ü\n"), `${remoteFolder}/text`);
    await copy(text("", "0"), `${remoteFolder}/none`);
    expect([await read("text"), await read("none")]).toEqual(["ü\n", ""]);
  });

  it("refuses to write a text over a folder", async () => {
    await copy(text("x"), `${remoteFolder}/name`);
    expect(await messageOf(copy(text("y"), remoteFolder))).toBe(
      `remote path ${remoteFolder} is a directory; a text asset needs the path of a file`,
    );
  });

  it("copies a folder under its own name", async () => {
    await copy(archive(join(folder, "site")), remoteFolder);
    expect(await list("")).toBe("site site/a site/sub site/sub/b site/sub/empty");
    expect((await read("site/sub/b")).length).toBe(1_000_000);
  });

  it("copies what is in a folder whose path ends in a slash", async () => {
    await copy(archive(`${join(folder, "site")}/`), remoteFolder);
    expect(await list("")).toBe("a sub sub/b sub/empty");
  });

  it("refuses to put a folder over a file", async () => {
    await copy(text("x"), `${remoteFolder}/name`);
    const path = `${remoteFolder}/name`;
    expect(await messageOf(copy(archive(`${join(folder, "site")}/`), path))).toBe(
      `remote path ${path} exists but is not a directory`,
    );
  });

  it("copies again on update only where the content or the path changed", async () => {
    const path = `${remoteFolder}/name`;
    const { source, ...outputs } = await copy(text("one"), path);
    const { text: _content, ...withHashAlone } = source as Asset;
    const state = { ...outputs, source: withHashAlone };
    const before = server.logins();
    await copy(text("one"), path, state);
    expect(server.logins()).toBe(before);
    await copy(text("two"), path, state);
    await copy(text("one"), `${path}-moved`, state);
    expect([await read("name"), await read("name-moved")]).toEqual(["two", "one"]);
  });

  it("is deleted from a state that holds a hash alone, and leaves the copy", async () => {
    const { source, ...outputs } = await copy(archive(join(folder, "site")), remoteFolder);
    const { path: _path, ...withHashAlone } = source as Archive;
    const resource = { type: "command:remote:CopyToRemote", name: "copy" };
    const state = { ...outputs, source: withHashAlone };
    await provider.remove(resource, state);
    expect(await read("site/a")).toBe("A");
  });

  it("names the path that cannot be written", async () => {
    const file = makeFileAsset(join(folder, "file"), "1");
    expect(await messageOf(copy(file, "/proc/name"))).toBe(
      `failed to copy file ${folder}/file to remote path /proc/name: file does not exist`,
    );
  });
});

describe("CopyFile", () => {
  it("copies a file to a path", async () => {
    await copy(text("x"), `${remoteFolder}/there`);
    await copyFile(join(folder, "file"), `${remoteFolder}/name`);
    expect(await read("name")).toBe("content");
  });

  it("makes no folder", async () => {
    expect(await messageOf(copyFile(join(folder, "file"), `${remoteFolder}/no/name`))).toBe(
      `failed to copy file ${folder}/file to remote path ${remoteFolder}/no/name: file does not exist`,
    );
  });

  it("names a local file that is not there before it connects", async () => {
    const before = server.logins();
    expect(await messageOf(copyFile("/no/such", `${remoteFolder}/name`))).toBe(
      "open /no/such: no such file or directory",
    );
    expect(server.logins()).toBe(before);
  });
});
