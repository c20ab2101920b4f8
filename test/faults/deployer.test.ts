import { afterAll, beforeAll, expect } from "vitest";
import * as sshKey from "../../providers/ssh-key.impl.ts";
import { makeProject } from "../engine/project.ts";
import { faultTest } from "./fault-test.ts";
import { makeStand, type Stand } from "./stand.ts";

let stand: Stand;
let user: Awaited<ReturnType<typeof sshKey.create>>;
beforeAll(async () => {
  user = await sshKey.create({});
  stand = await makeStand({
    "iplz:authorizedKeys[0]": { value: user.outs.publicKey },
    "iplz:activation.confirmTimeoutSeconds": { value: "15" },
  });
  await stand.heal();
});
afterAll(() => stand[Symbol.asyncDispose]());

faultTest("killedInActivation", async (timed) => {
  const before = await stand.recordedSystem();
  const held = await stand.holdSwitch();
  await timed(async () => {
    const up = stand.project.beginUp();
    await held.reached();
    up.signal("SIGKILL");
    await up.ended;
  });
  await held.release();
  await stand.activationEnded();
  await stand.expectSystem(before);
  await stand.project.stack.cancel();
  await stand.heal();
});

faultTest("interruptedOnce", async (timed) => {
  const before = await stand.recordedSystem();
  const held = await stand.holdSwitch();
  const { exitCode } = await timed(async () => {
    const up = stand.project.beginUp();
    await held.reached();
    up.signal("SIGINT");
    await held.release();
    return up.ended;
  });
  expect(exitCode).not.toBe(0);
  await stand.activationEnded();
  await stand.expectSystem(before);
  await stand.heal();
});

faultTest("interruptedTwice", async (timed) => {
  const before = await stand.recordedSystem();
  const held = await stand.holdSwitch();
  const { exitCode } = await timed(async () => {
    const up = stand.project.beginUp();
    await held.reached();
    up.signal("SIGINT");
    await up.printed(/cancel/i);
    up.signal("SIGINT");
    return up.ended;
  });
  expect(exitCode).not.toBe(0);
  await held.release();
  await stand.activationEnded();
  await stand.expectSystem(before);
  await stand.project.stack.cancel();
  await stand.heal();
});

faultTest("twoDeployers", async (timed) => {
  const { deployment } = await stand.project.stack.exportStack();
  const hostKey = deployment.resources.find(({ urn }: { urn: string }) =>
    urn.endsWith("::machine-1-host-key"),
  ).outputs.publicKey;
  await using guest = await makeProject({
    "iplz:machines": { value: "existing" },
    "iplz:hosts[0].name": { value: "web" },
    "iplz:hosts[0].address": { value: await stand.machine.address() },
    "iplz:hosts[0].hostPublicKey": { value: hostKey },
    "iplz:privateKey": { value: user.outs.privateKey, secret: true },
    // Its system lets the other one in as well.
    "iplz:authorizedKeys[0]": (await stand.project.stack.outputs()).publicKey ?? { value: "" },
  });
  const held = await stand.holdSwitch();
  const up = stand.project.beginUp();
  await held.reached();
  const refused = await timed(() => guest.up());
  expect(refused.error).toMatch(
    new RegExp(`another activation is under way.*${stand.project.stackName}`, "s"),
  );
  await held.release();
  expect((await up.ended).exitCode).toBe(0);
  await stand.expectSystem(await stand.recordedSystem());

  expect((await guest.up()).error).toBeUndefined();
  await stand.change();
  await stand.heal();
});
