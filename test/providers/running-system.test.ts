import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import * as runningSystem from "../../providers/running-system.impl.ts";
import { createMachine, type Machine } from "../../sandbox/machines/machine.ts";
import { driftOf } from "../../src/ssh/running-system.ts";
import type { SshTarget } from "../../src/ssh/target.ts";
import { makeTestHome, type TestHome } from "../sandbox/machines/test-home.ts";

let at: TestHome;
let machine: Machine;
let target: SshTarget;
beforeAll(async () => {
  at = await makeTestHome();
  machine = await createMachine(at.home, "running", at.seed);
  target = at.targetOf(machine.address);
});
afterAll(() => at[Symbol.asyncDispose]());

const args = () => ({
  ...{ machineName: "web", target, stack: "iplz/test", watch: true, outlivesStack: true },
});
const state = () => ({ ...args(), repairs: 0, drift: "" });
const record = "/nix/var/nix/activated-system";
const onMachine = (command: string) => at.ssh(machine.address, command);

async function driftAfter(command: string, before = state()): Promise<string | undefined> {
  await onMachine(command);
  return (await runningSystem.read("web", before)).props?.drift;
}

let running: string;
beforeEach(async () => {
  running = at.seed.system;
  await onMachine(
    `ln -sfn ${running} /run/current-system; nix-env --profile /nix/var/nix/profiles/system --set ${running}; echo switch iplz/test ${running} > ${record}`,
  );
});

test("a machine that is as the stack left it has no drift, whatever its links lead through", async () => {
  expect(await runningSystem.read("web", state())).toEqual({
    id: "web",
    props: state(),
    inputs: state(),
  });
});

test("a machine that was switched by hand has drifted, for all but the modes that it keeps", async () => {
  const other = "/nix/store/0c5b8vw40dy178xlpddw65q9gf1h2186-other";
  const wanted = (mode: string) => `echo ${mode} iplz/test ${other} > ${record}`;
  const runs = `it runs ${running}, not ${other}, which this stack activated`;
  expect(await driftAfter(wanted("switch"))).toBe(runs);
  expect(await driftAfter(wanted("test"))).toBe(runs);
  expect(await driftAfter(wanted("boot"))).toBe(
    `it boots ${running} next, not ${other}, which this stack activated`,
  );
  expect(await driftAfter(`echo switch iplz/other ${running} > ${record}`)).toBe(
    `it runs ${running}, and stack iplz/other activated ${running} there since`,
  );
  expect(await driftAfter(`rm ${record}`)).toBe(
    `it runs ${running}, and no activation of this stack is on record there`,
  );
});

test("each mode looks at what it changed", () => {
  const found = (mode: string, now: string, next: string) =>
    driftOf({ running: now, profile: next, activated: { mode, stack: "s", system: "A" } }, "s");
  expect(found("switch", "A", "A")).toBeUndefined();
  expect(found("switch", "A", "B")).toBe("it boots B next, not A, which this stack activated");
  expect(found("test", "A", "B")).toBeUndefined();
  expect(found("boot", "B", "A")).toBeUndefined();
});

test("what is not watched is not connected to", async () => {
  const away = { ...state(), watch: false, target: { ...target, address: "192.0.2.1" } };
  expect(await runningSystem.read("web", away)).toEqual({ id: "web", props: away, inputs: away });
});

test("a machine that does not answer, or is another one, keeps what was known of it", async () => {
  const gone = { ...state(), drift: "known", target: { ...target, port: 9 } };
  expect((await runningSystem.read("web", gone)).props).toEqual(gone);
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUkHUkHUkHUkHUkHUkHUkHUkHUkHUkHUkHUkHUkHUkH";
  const other = { ...state(), target: { ...target, hostPublicKey: key } };
  expect((await runningSystem.read("web", other)).props).toEqual(other);
});

test("a drift found is one repair more, in each preview the same, and then forgotten", async () => {
  const found = { ...state(), repairs: 2, drift: "it runs something else" };
  const { inputs } = await runningSystem.check(found, args());
  expect(inputs).toEqual({ ...state(), repairs: 3 });
  expect(await runningSystem.check(found, args())).toEqual({ inputs });
  expect(await runningSystem.diff("web", found, inputs ?? state())).toEqual({ changes: true });
  const { outs } = await runningSystem.update("web", found, inputs ?? state());
  expect(await runningSystem.check(outs ?? state(), args())).toEqual({ inputs });
  expect(await runningSystem.check({}, args())).toEqual({ inputs: state() });
});

test("another way into the machine is a change, and a new provider is none", async () => {
  const other = { ...state(), target: { ...target, port: 2222 } };
  expect(await runningSystem.diff("web", state(), other)).toEqual({ changes: true });
  const stored = { ...state(), __provider: "text" };
  expect(await runningSystem.diff("web", stored, state())).toEqual({ changes: false });
});

test("deletion does nothing to the machine, and succeeds without it", async () => {
  await runningSystem.delete("web", state());
  await runningSystem.delete("web", { ...state(), target: { ...target, port: 9 } });
  expect(await onMachine(`readlink -f /run/current-system; cat ${record}`)).toBe(
    `${running}\nswitch iplz/test ${running}`,
  );
});
