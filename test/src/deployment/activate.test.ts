import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMachine, type Machine } from "../../../sandbox/machines/machine.ts";
import { copyClosureToMachine } from "../../../src/deployment/copy-to-machine.ts";
import { makeTestHome, type TestHome } from "../../sandbox/machines/test-home.ts";

let at: TestHome;
let machine: Machine;
let made = 0;
beforeAll(async () => {
  at = await makeTestHome();
  machine = await createMachine(at.home, "activation", at.seed);
});
afterAll(() => at[Symbol.asyncDispose]());

/** A system whose switch-to-configuration is the script; in the machine's store unless told not to be. */
async function makeSystem(script: string, { copied = true } = {}): Promise<string> {
  const name = `switching-${process.pid}-${made}`;
  made += 1;
  const system = await at.addSystem(name, undefined, {
    "bin/switch-to-configuration": `#!/bin/sh\n${script}\n`,
  });
  if (!copied) return system;
  const request = {
    address: machine.address,
    port: 22,
    user: "root",
    hostPublicKey: at.seed.hostPublicKey,
    privateKey: await readFile(join(at.home, "user"), "utf8"),
    substituteOnDestination: false,
    compress: false,
    connectTimeoutSeconds: 5,
  };
  await copyClosureToMachine(system, request, () => {});
  return system;
}

async function activate(system: string, keepGenerations: number): Promise<string> {
  const script = await readFile("src/deployment/activate.sh", "utf8");
  return onMachine(`sh -s -- ${system} ${keepGenerations} iplz/test <<'END' 2>&1\n${script}END`);
}

async function failure(promise: Promise<unknown>): Promise<{ exitCode: number; stdout: string }> {
  return promise.then(
    () => {
      throw new Error("it did not fail");
    },
    (error) => error,
  );
}

const onMachine = (command: string) => at.ssh(machine.address, command);
const profile = () => onMachine("readlink -f /nix/var/nix/profiles/system");
const generations = async () =>
  Number(await onMachine("ls -d /nix/var/nix/profiles/system-*-link | wc -l"));

test("the profile is set before the switch, which sees it", async () => {
  const system = await makeSystem('echo "$1 with $(readlink -f /nix/var/nix/profiles/system)"');
  expect((await activate(system, 3)).split("\n")[0]).toBe(`switch with ${system}`);
  expect(await profile()).toBe(system);
});

test("as many generations are left as are asked for, none but the one in use for 0", async () => {
  for (const keep of [1000, 1000, 1000, 1000, 3]) await activate(await makeSystem("exit 0"), keep);
  expect(await generations()).toBe(3);
  const last = await makeSystem("exit 0");
  await activate(last, 0);
  expect(await generations()).toBe(1);
  expect(await profile()).toBe(last);
});

test("the record says what was activated last, how, and by which stack", async () => {
  const system = await makeSystem("exit 0");
  await activate(system, 3);
  await failure(activate(await makeSystem("exit 1"), 3));
  const record = "cat /nix/var/nix/activated-system; stat -c %a /nix/var/nix/activated-system";
  expect(await onMachine(record)).toBe(`switch iplz/test ${system}\n644`);
});

test("garbage is collected after the activation, and the systems kept are not garbage", async () => {
  const garbage = await onMachine("echo garbage > /tmp/garbage && nix-store --add /tmp/garbage");
  const system = await makeSystem("exit 0");
  await activate(system, 1);
  await onMachine(
    "while systemctl is-active --quiet nix-gc-after-activation; do sleep 0.05; done; " +
      `test ! -e ${garbage} && test -x ${system}/bin/switch-to-configuration`,
  );
});

test("a system that is not in the machine's store is refused, and nothing is changed", async () => {
  const before = await profile();
  const system = await makeSystem("exit 0", { copied: false });
  expect((await failure(activate(system, 3))).stdout).toBe(
    `Activating ${system} failed: it is not in this machine's store, or it is no NixOS system.`,
  );
  expect(await profile()).toBe(before);
});

test("a switch that fails ends with its status, the units' logs, and the previous system", async () => {
  const previous = await makeSystem("echo previous");
  await activate(previous, 3);
  const failing = await makeSystem(
    "systemd-run --quiet --unit broken sh -c 'echo the reason; exit 7'\n" +
      'while [ "$(systemctl is-active broken)" != failed ]; do sleep 0.05; done\n' +
      "exit 4",
  );
  const { exitCode, stdout } = await failure(activate(failing, 3));
  expect(exitCode).toBe(4);
  expect(stdout.split("\n")).toEqual([
    `Activating ${failing} failed: switch-to-configuration exited with status 4.`,
    "The last log lines of broken.service:",
    expect.stringContaining("Started broken.service"),
    "the reason",
    expect.stringContaining("status=7"),
    expect.stringContaining("Failed with result 'exit-code'."),
    `Going back to ${previous}, which ran before.`,
    "previous",
  ]);
  expect(await profile()).toBe(previous);
});
