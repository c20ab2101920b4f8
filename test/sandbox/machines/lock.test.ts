import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { withFolderLock } from "../../../sandbox/machines/lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lock-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

const isHeldByOthers = async () =>
  (await execa("flock", ["--nonblock", folder, "true"], { reject: false })).exitCode === 1;

test("one call at a time works, in the order of nobody else", async () => {
  let working = 0;
  const work = async () => {
    working += 1;
    expect(working).toBe(1);
    await new Promise(setImmediate);
    expect(working).toBe(1);
    working -= 1;
  };
  await Promise.all(Array.from({ length: 8 }, () => withFolderLock(folder, work)));
});

test("other processes see the lock while the work is done, and not after", async () => {
  await withFolderLock(folder, async () => expect(await isHeldByOthers()).toBe(true));
  expect(await isHeldByOthers()).toBe(false);
});

test("work that fails frees the lock", async () => {
  const work = async () => {
    throw new Error("on purpose");
  };
  await expect(withFolderLock(folder, work)).rejects.toThrow("on purpose");
  expect(await isHeldByOthers()).toBe(false);
});

test("a folder that was removed and made again while one waited is locked anew", async () => {
  const remade: Promise<boolean>[] = [];
  await withFolderLock(folder, async () => {
    remade.push(withFolderLock(folder, isHeldByOthers));
    // Its flock waits now, on the folder that is about to go.
    await expect
      .poll(async () => (await execa("lslocks", ["--output", "BLOCKER"])).stdout)
      .toMatch(/\d/);
    await rm(folder, { recursive: true });
    await mkdir(folder);
  });
  expect(await Promise.all(remade)).toEqual([true]);
});

test("a folder that is not there cannot be locked", async () => {
  await rm(folder, { recursive: true });
  await expect(withFolderLock(folder, async () => {})).rejects.toMatchObject({ code: "ENOENT" });
});
