import { expect, test } from "vitest";
import * as sshKey from "../../providers/ssh-key.impl.ts";
import { answerOf, hostKeyOf, machinesOf } from "./machines.ts";
import { makeProject } from "./project.ts";

test("a machine that is there already is deployed to, and only with its own host key", async () => {
  const user = await sshKey.create({});
  await using owner = await makeProject({
    "iplz:authorizedKeys[0]": { value: user.outs.publicKey },
  });
  expect((await owner.up()).error).toBeUndefined();
  const [machine] = await machinesOf(owner);
  const hostKey = await hostKeyOf(owner);

  const other = await sshKey.create({});
  await using guest = await makeProject({
    "iplz:machines": { value: "existing" },
    "iplz:hosts[0].name": { value: "web" },
    "iplz:hosts[0].address": { value: machine?.address ?? "" },
    "iplz:hosts[0].hostPublicKey": { value: other.outs.publicKey },
    "iplz:authorizedKeys[0]": { value: (await owner.stack.outputs()).publicKey?.value },
    "iplz:privateKey": { value: user.outs.privateKey, secret: true },
  });
  const refused = await guest.up();
  expect(refused.error).toContain(
    "another machine answers at this address. Its host key is not the pinned one, and nothing was " +
      `sent. Pinned: ${other.id}. Offered: SHA256:`,
  );
  expect(refused.steps["Command web-activation"]).toBeUndefined();

  await guest.stack.setConfig("iplz:hosts[0].hostPublicKey", { value: hostKey }, true);
  const deployed = await guest.up();
  expect(deployed.error).toBeUndefined();
  expect(deployed.steps).toEqual({
    "RunningSystem web-running": "update",
    "Command web-copy": "create",
    "Command web-activation": "create",
  });
  expect((await guest.up()).steps).toEqual({});
  const [web] = await machinesOf(guest);
  expect(web?.address).toBe(machine?.address);
  expect(await answerOf(web)).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);

  const secretLine = user.outs.privateKey.split("\n")[2] ?? "";
  expect((await guest.refresh()).steps).toEqual({});
  expect((await guest.readState()).includes(secretLine)).toBe(false);

  const seen = await owner.refresh();
  expect(seen.steps).toEqual({ "RunningSystem machine-1-running": "update" });
  expect(seen.output).toContain(
    `machine-1 has drifted: it runs ${web?.system}, and stack iplz/${guest.stackName} activated ` +
      `${web?.system} there since.`,
  );

  const destroyed = await guest.destroy();
  expect(destroyed.error).toBeUndefined();
  expect(destroyed.output).toContain(
    `web is no longer this stack's, and keeps running ${web?.system}.`,
  );
  expect(await answerOf(web)).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);
});
