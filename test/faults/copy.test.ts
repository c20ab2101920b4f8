import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pRetry from "p-retry";
import { afterAll, beforeAll, expect } from "vitest";
import { faultTest } from "./fault-test.ts";
import { makeStand, type Stand } from "./stand.ts";

const mebibyte = 1024 * 1024;

let stand: Stand;
beforeAll(async () => {
  stand = await makeStand();
});
afterAll(() => stand[Symbol.asyncDispose]());

/** Stops the copy at a store path, as long as it is held. */
async function holdCopyAt(path: string): Promise<AsyncDisposable & { reached(): Promise<void> }> {
  const lock = `${path}.lock`;
  const held = await stand.machine.hold("hold-copy", `flock ${lock} sleep infinity`);
  await stand.machine.until(`[ -e ${lock} ] && ! flock --nonblock ${lock} true`);
  return {
    ...held,
    reached: () =>
      stand.machine.until(`grep -q -- "-> FLOCK.*:$(stat -c %i ${lock}) " /proc/locks`),
  };
}

interface PendingOperation {
  readonly type: string;
  readonly resource: { readonly urn: string };
}

/** Waits until the state says that the machine is being made: the engine says it earlier on screen. */
function untilCreating(name: string): Promise<void> {
  const look = async () => {
    const { checkpoint } = JSON.parse(await stand.project.readState());
    const pending = (checkpoint.latest?.pending_operations ?? []) as PendingOperation[];
    const isBegun = pending.some(
      ({ type, resource }) => type === "creating" && resource.urn.endsWith(`::${name}`),
    );
    if (!isBegun) throw new Error(`${name} is not among the pending operations.`);
  };
  return pRetry(look, { retries: 3000, minTimeout: 20, factor: 1 });
}

faultTest("killedInCreation", async (timed) => {
  await timed(async () => {
    const up = stand.project.beginUp();
    await untilCreating("machine-1");
    up.signal("SIGKILL");
    await up.ended;
  });
  await stand.project.stack.cancel();
  await stand.heal();
});

faultTest("killedInBuild", async (timed) => {
  const before = await stand.recordedSystem();
  await stand.change(`environment.etc.slow.source = pkgs.runCommand "slow" { } ''
    echo the build has begun
    until [ -e ${stand.home}/go-on ]; do sleep 0.1; done
    echo done > "$out"
  '';`);
  await timed(() => stand.project.upUntil(/the build has begun/));
  await stand.expectSystem(before);
  await stand.project.stack.cancel();
  await writeFile(join(stand.home, "go-on"), "");
  await stand.heal();
});

faultTest("killedInCopy", async (timed) => {
  const before = await stand.recordedSystem();
  {
    await using copy = await holdCopyAt(await stand.addBallast(4 * mebibyte));
    await timed(async () => {
      const up = stand.project.beginUp();
      await copy.reached();
      up.signal("SIGKILL");
      await up.ended;
    });
  }
  await stand.expectSystem(before);
  await stand.project.stack.cancel();
  await stand.heal();
});

faultTest("sshDiesInCopy", async (timed) => {
  const before = await stand.recordedSystem();
  {
    await using copy = await holdCopyAt(await stand.addBallast(4 * mebibyte));
    const { output } = await timed(async () => {
      const up = stand.project.beginUp();
      await copy.reached();
      await stand.machine.run(`pkill -KILL -f "^sshd: root"`);
      return up.ended;
    });
    expect(output).toMatch(/Copying \S+ to root@\S+ port 22 failed/);
  }
  await stand.expectSystem(before);
  await stand.heal();
});

faultTest("diskFullInCopy", async (timed) => {
  const before = await stand.recordedSystem();
  await stand.addBallast(8 * mebibyte);
  const left = `$(($(df --output=avail -B1 / | tail -1) - ${2 * mebibyte}))`;
  await stand.machine.run(`fallocate -l ${left} /fills-the-disk`);
  const run = await timed(() => stand.project.up());
  expect(run.error).toContain("No space left on device");
  await stand.expectSystem(before);
  await stand.machine.run("rm /fills-the-disk");
  await stand.heal();
});

faultTest("databaseLocked", async (timed) => {
  await stand.change();
  const locker = `import sqlite3, time
database = sqlite3.connect("/nix/var/nix/db/db.sqlite", isolation_level=None)
database.execute("begin exclusive")
open("/run/database-is-locked", "w").close()
time.sleep(3600)`;
  await stand.machine.run(`echo '${locker}' > /run/locker.py`);
  await timed(async () => {
    const up = stand.project.beginUp();
    {
      await using _ = await stand.machine.hold("hold-database", "python3 /run/locker.py");
      await stand.machine.until("[ -e /run/database-is-locked ]");
      await up.printed(/Command machine-1-copy updating/);
      await stand.machine.until("pgrep -f [n]ix-store.*--serve");
    }
    expect((await up.ended).exitCode).toBe(0);
  });
  await stand.expectSystem(await stand.recordedSystem());
});
