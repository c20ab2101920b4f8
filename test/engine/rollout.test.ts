import { expect, test } from "vitest";
import * as sshKey from "../../providers/ssh-key.impl.ts";
import { machinesOf, runOn } from "./machines.ts";
import { makeProject } from "./project.ts";

test("a canary that fails leaves all others on the system and the secrets that they had", async () => {
  const user = await sshKey.create({});
  const secret = (value: string) => ({ value, secret: true });
  await using project = await makeProject({
    "iplz:count": { value: "3" },
    "iplz:rollout.canaries": { value: "1" },
    "iplz:rollout.maxParallel": { value: "1" },
    "iplz:authorizedKeys[0]": { value: user.outs.publicKey },
    "iplz:secrets.token.value": secret("first"),
  });
  expect((await project.up()).error).toBeUndefined();
  const machines = await machinesOf(project);
  const running = () =>
    Promise.all(machines.map(async ({ url }) => (await fetch(`${url}healthz`)).text()));
  const before = await running();
  expect(before).toEqual(machines.map(({ system }) => `${system}\n`));

  const startsWell = 'Type = "exec";';
  const failsAtStart = `${startsWell} ExecStartPre = "/bin/sh -c 'exit 7'";`;
  await project.edit("nix/modules/iplz.nix", startsWell, failsAtStart);
  const broken = await project.up({ continueOnError: true });
  expect(broken.error).toContain("machine-1-activation");
  expect(broken.steps["Command machine-2-activation"]).toBeUndefined();
  expect(broken.steps["Command machine-3-activation"]).toBeUndefined();
  expect(await running()).toEqual(before);

  await project.edit("nix/modules/iplz.nix", failsAtStart, `${startsWell} Nice = 1;`);
  const healed = await project.up();
  expect(healed.error).toBeUndefined();
  const now = await machinesOf(project);
  expect(await running()).toEqual(now.map(({ system }) => `${system}\n`));
  expect(await running()).not.toEqual(before);

  const onMachine = (number: number, command: string) =>
    runOn(project, command, user.outs.privateKey, number);
  const tokens = () =>
    Promise.all([1, 2, 3].map((number) => onMachine(number, "cat /run/secrets/token")));
  const updates = (...machines: number[]) =>
    Object.fromEntries(
      machines.map((number) => [`SecretFile machine-${number}-secret-token`, "update"]),
    );
  // Where its records should be, the canary has a file.
  const records = "/var/lib/nixos-secrets";
  await onMachine(1, `mv ${records} ${records}.away && touch ${records}`);
  await project.stack.setConfig("iplz:secrets.token.value", secret("second"), true);
  const stuck = await project.up({ continueOnError: true });
  expect(stuck.error).toContain("Placing the secret token on");
  expect(stuck.steps).toEqual(updates(1));
  expect(await tokens()).toEqual(["first", "first", "first"]);

  await onMachine(1, `rm ${records} && mv ${records}.away ${records}`);
  const spread = await project.up();
  expect([spread.error, spread.steps]).toEqual([undefined, updates(1, 2, 3)]);
  expect(await tokens()).toEqual(["second", "second", "second"]);
});
