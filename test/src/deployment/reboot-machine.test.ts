import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type ActivationRequest,
  purposeOf,
  startCommand,
} from "../../../src/deployment/activation-script.ts";
import { confirmActivation } from "../../../src/deployment/confirm.ts";
import { rebootMachine } from "../../../src/deployment/reboot-machine.ts";
import { makeNixosMachine, type NixosMachine } from "../../nix/nixos-machine.ts";

const guard = "/nix/var/nix/nixos-activation-guard";
const profile = "/nix/var/nix/profiles/system";

let machine: NixosMachine;
let made = 0;
beforeAll(async () => {
  machine = await makeNixosMachine();
});
afterAll(() => machine[Symbol.asyncDispose]());

/** One that has the guard's unit, and something of its own. */
async function addSystem(options = ""): Promise<string> {
  made += 1;
  const module = await readFile("nix/modules/activation-guard.nix", "utf8");
  const edition = `environment.etc.edition.text = "${made}";`;
  return machine.addSystem(`imports = [ (${module}) ]; ${edition} ${options}`);
}

interface Options extends Partial<ActivationRequest> {
  readonly isConfirmed?: boolean;
}

async function activate(system: string, { isConfirmed = true, ...rest }: Options = {}) {
  const request: ActivationRequest = {
    ...{ system, mode: "boot", reboot: true, keepGenerations: 1000, stack: "iplz/test" },
    ...{ timeoutSeconds: 60, confirmTimeoutSeconds: 60 },
    ...rest,
  };
  const { target } = machine;
  const { confirmTimeoutSeconds } = request;
  const purpose = purposeOf(request);
  const ends = new AbortController();
  const confirmation = { target, purpose, healthChecks: [], confirmTimeoutSeconds };
  const confirmed = isConfirmed
    ? confirmActivation(confirmation, ends.signal, () => {})
    : Promise.resolve();
  const printed: string[] = [];
  const times = { connectTimeoutSeconds: 10, awaySeconds: 120 };
  const command = `sh -c '${startCommand(request)} 2>&1'`;
  const onLine = (line: string) => line.startsWith("waiting for ") || printed.push(line);
  const status = await rebootMachine(command, { ...target, purpose, ...times }, onLine);
  ends.abort();
  await confirmed;
  return { status, printed };
}

const systems = async () =>
  (await machine.run(`readlink -f /run/booted-system /run/current-system ${profile}`)).split("\n");
const generation = () => machine.run(`readlink ${profile}`);
const stays = (system: string) => [system, system, system];

test("a system without the guard's unit is refused before anything is changed", async () => {
  const before = await systems();
  const system = await machine.addSystem('environment.etc.edition.text = "none";');
  const { status, printed } = await activate(system);
  expect([status, printed[0]]).toEqual([
    1,
    `Activating ${system} failed: it has no nixos-activation-guard.service, which brings the machine back ` +
      "if the system does not come up well. Import nixosModules.activation-guard, or set " +
      "activation.reboot to false. Nothing was changed.",
  ]);
  expect(await systems()).toEqual(before);
  expect(await machine.run(`ls ${guard}`)).toBe("log\npurpose\nstatus");
});

test("a system that is confirmed after the reboot stays, and what was up for the way back is gone", async () => {
  const system = await addSystem();
  const { status, printed } = await activate(system);
  expect([status, printed[0]]).toEqual([0, `Rebooting into ${system}.`]);
  expect(printed).toContain("Waiting for the confirmation over a new connection.");
  expect(await systems()).toEqual(stays(system));
  expect(await machine.run("cat /nix/var/nix/activated-system")).toBe(`reboot iplz/test ${system}`);
  expect(
    await machine.run(
      `cat ${guard}/status; cd /nix/var/nix; ls -d ${guard}/resume *-reserve gcroots/*-previous 2>/dev/null || echo none`,
    ),
  ).toBe("0\nnone");
  expect(await activate(system)).toEqual({
    status: 0,
    printed: ["The machine runs and boots it already."],
  });
});

test("one that was the boot default before its reboot, and that nobody confirms, is gone back from", async () => {
  const [before = ""] = await systems();
  const number = await generation();
  const system = await addSystem();
  await activate(system, { reboot: false, isConfirmed: false });
  expect(await systems()).toEqual([before, before, system]);
  const { status, printed } = await activate(system, {
    isConfirmed: false,
    confirmTimeoutSeconds: 1,
  });
  expect(status).toBe(1);
  expect(printed).toContain(
    `Activating ${system} failed: nobody confirmed within 1 s that the machine can still be reached.`,
  );
  expect(printed).toContain("Going back to the system that it booted before, by another reboot.");
  expect(await systems()).toEqual(stays(before));
  expect(await generation()).not.toBe(number);
});

test("a boot that hangs is ended after its time, by a boot of the system before", async () => {
  const [before = ""] = await systems();
  const system = await addSystem(`systemd.services.hangs = {
    wantedBy = [ "multi-user.target" ];
    serviceConfig = { Type = "oneshot"; ExecStart = "/bin/sleep infinity"; };
  };`);
  const { status, printed } = await activate(system, { timeoutSeconds: 5 });
  expect(status).toBe(1);
  expect(printed).toContain(
    `Activating ${system} failed: its boot did not end within activation.timeoutSeconds, 5 s.`,
  );
  expect(await systems()).toEqual(stays(before));
});

test("a system that is chosen at the boot loader instead makes itself the boot default again", async () => {
  const chosen = await addSystem(`systemd.services.boot-loader = {
    wantedBy = [ "multi-user.target" ];
    before = [ "nixos-activation-guard.service" ];
    serviceConfig = {
      Type = "oneshot";
      RemainAfterExit = true;
      ExecStart = "/bin/sh -c '[ ! -L /root/default ] || mv -T /root/default ${profile}'";
      ExecStop = "/bin/sh -c '[ ! -L /root/chosen ] || { mv ${profile} /root/default; mv -T /root/chosen ${profile}; }'";
    };
  };`);
  expect((await activate(chosen)).status).toBe(0);
  const number = await generation();
  await machine.run(`ln -s ${number} /root/chosen`);
  const system = await addSystem();
  const { status, printed } = await activate(system);
  expect(status).toBe(1);
  expect(printed.at(-1)).toBe(
    `Activating ${system} failed: the machine booted ${chosen} instead. Look at its boot loader, then ` +
      "run `pulumi up` again.",
  );
  expect([await systems(), await generation()]).toEqual([stays(chosen), number]);
});

test("what an activation left for the next boot does not outlive another activation", async () => {
  await machine.run(`echo 'touch /root/resumed' >${guard}/resume`);
  const system = await addSystem();
  await activate(system, { reboot: false, isConfirmed: false });
  expect(await machine.run(`ls -d ${guard} 2>/dev/null || echo none`)).toBe("none");
});
