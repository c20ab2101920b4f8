import { afterAll, beforeAll, expect, test } from "vitest";
import { makeNixosMachine, type NixosMachine } from "./nixos-machine.ts";

let machine: NixosMachine;
beforeAll(async () => {
  machine = await makeNixosMachine();
});
afterAll(() => machine[Symbol.asyncDispose]());

const until = (condition: string) => `timeout 20 sh -c 'until ${condition}; do sleep 0.05; done'`;

test("a switch is refused while another one runs", async () => {
  await machine.activate(machine.firstSystem);
  await machine.run(
    "systemd-run --quiet --unit other flock --shared /run/nixos/switch-to-configuration.lock sleep infinity",
  );
  await machine.run(until("! flock --nonblock /run/nixos/switch-to-configuration.lock true"));
  expect(await machine.activate(machine.firstSystem)).toEqual({
    status: 1,
    printed: ["Could not acquire lock"],
  });
  await machine.run("systemctl stop other");
  expect((await machine.activate(machine.firstSystem)).status).toBe(0);
});

test("a switch that was killed half-way is finished by the next one", async () => {
  const units = (config: string) => `
    systemd.services.reloaded = {
      wantedBy = [ "multi-user.target" ];
      reloadIfChanged = true;
      serviceConfig = {
        ExecStart = "/bin/sleep infinity";
        ExecReload = "/bin/sh -c 'until [ -e /run/go-on ]; do sleep 0.05; done'";
        ${config}
      };
    };
    systemd.services.restarted = {
      wantedBy = [ "multi-user.target" ];
      stopIfChanged = false;
      serviceConfig = { ExecStart = "/bin/sleep infinity"; ${config} };
    };`;
  await machine.activate(await machine.addSystem(units("")));
  const system = await machine.addSystem(units('UMask = "0077";'));
  const command = `${system}/bin/switch-to-configuration switch`;
  await machine.run(`systemd-run --quiet --unit half-way ${command}`);
  await machine.run(until('[ "$(systemctl is-active reloaded)" = reloading ]'));
  await machine.run("systemctl kill --signal KILL half-way; touch /run/go-on");
  await machine.run(until("systemctl is-active --quiet reloaded"));
  expect(await machine.run("readlink /run/current-system")).toBe(system);

  expect(await machine.activate(system)).toEqual({
    status: 0,
    printed: [
      "activating the configuration...",
      "reloading the following units: reloaded.service",
      "restarting the following units: restarted.service",
    ],
  });
  expect(await machine.activate(system)).toEqual({
    status: 0,
    printed: ["activating the configuration..."],
  });
});

test("a switch goes on when nobody reads what it prints any more", async () => {
  const system = await machine.addSystem(`
    systemd.services.a = {
      wantedBy = [ "multi-user.target" ];
      serviceConfig.ExecStart = "/bin/sleep infinity";
    };`);
  const command = `${system}/bin/switch-to-configuration switch`;
  await machine.run(`(sleep 0.2; ${command}; echo $? >/run/status) 2>&1 | true`);
  expect(await machine.run(`${until("[ -s /run/status ]")}; cat /run/status`)).toBe("0");
  expect(await machine.run("systemctl is-active a")).toBe("active");
});
