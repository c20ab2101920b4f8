import { expect, test } from "vitest";
import * as sshKey from "../../providers/ssh-key.impl.ts";
import { answerOf, machinesOf } from "./machines.ts";
import { makeProject } from "./project.ts";

test("a machine that is there already is deployed to, and only with its own host key", async () => {
  const user = await sshKey.create({});
  await using owner = await makeProject({
    "iplz:authorizedKeys[0]": { value: user.outs.publicKey },
  });
  expect((await owner.up()).error).toBeUndefined();
  const [machine] = await machinesOf(owner);
  const hostKey = (await owner.stack.exportStack()).deployment.resources.find(
    ({ urn }: { urn: string }) => urn.endsWith("::machine-1-host-key"),
  ).outputs.publicKey;

  const other = await sshKey.create({});
  await using guest = await makeProject({
    "iplz:machines": { value: "existing" },
    "iplz:hosts[0].name": { value: "web" },
    "iplz:hosts[0].address": { value: machine?.address ?? "" },
    "iplz:hosts[0].hostPublicKey": { value: other.outs.publicKey },
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
    "Command web-copy": "create",
    "Command web-activation": "create",
  });
  expect((await guest.up()).steps).toEqual({});
  const [web] = await machinesOf(guest);
  expect(web?.address).toBe(machine?.address);
  expect(await answerOf(web)).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);

  const secretLine = user.outs.privateKey.split("\n")[2] ?? "";
  expect((await guest.readState()).includes(secretLine)).toBe(false);
});
