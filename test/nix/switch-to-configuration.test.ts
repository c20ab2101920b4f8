import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makeNixosMachine, type NixosMachine } from "./nixos-machine.ts";

let machine: NixosMachine;
beforeAll(async () => {
  machine = await makeNixosMachine();
});
afterAll(() => machine[Symbol.asyncDispose]());
beforeEach(async () => {
  await machine.activate(machine.firstSystem);
});

/** Options of a service that runs until it is stopped. */
const service = (name: string, config = "", more = "") => `
  systemd.services.${name} = {
    wantedBy = [ "multi-user.target" ];
    serviceConfig = { ExecStart = "/bin/sleep infinity"; } // { ${config} };
    ${more}
  };`;
const reloadable = 'ExecReload = "/bin/true";';
const changed = 'UMask = "0077";';

const processOf = (unit: string) =>
  machine.run(`systemctl show --property MainPID --value ${unit}`);
const runningSystem = () => machine.run("readlink /run/current-system");

/** Switches from the one module to the other, and tells what that printed. */
async function switchFrom(before: string, after: string, action?: string) {
  await machine.activate(await machine.addSystem(before));
  return machine.activate(await machine.addSystem(after), action);
}

test("a new unit is started, and one that is gone is stopped", async () => {
  expect(await switchFrom(service("old"), service("new"))).toEqual({
    status: 0,
    printed: [
      "stopping the following units: old.service",
      "activating the configuration...",
      "the following new units were started: new.service",
    ],
  });
  expect(await machine.run("systemctl is-active old new || true")).toBe("inactive\nactive");
  expect(await machine.run("ls /etc/systemd/system/multi-user.target.wants")).not.toContain("old");
});

test("a changed unit is stopped before the activation and started after it, others go on", async () => {
  await machine.activate(await machine.addSystem(service("a") + service("b")));
  const [a, b] = [await processOf("a"), await processOf("b")];
  const after = await machine.addSystem(service("a", changed) + service("b"));
  expect(await machine.activate(after)).toEqual({
    status: 0,
    printed: [
      "stopping the following units: a.service",
      "activating the configuration...",
      "starting the following units: a.service",
    ],
  });
  expect(await processOf("a")).not.toBe(a);
  expect(await processOf("b")).toBe(b);
});

test("a changed unit is reloaded, restarted in one go or left alone if it asks for that", async () => {
  const units = (config: string) => `
    ${service("left", config, "restartIfChanged = false;")}
    ${service("reloaded", reloadable + config, "reloadIfChanged = true;")}
    ${service("restarted", config, "stopIfChanged = false;")}`;
  expect(await switchFrom(units(""), units(changed))).toEqual({
    status: 0,
    printed: [
      "NOT restarting the following changed units: left.service",
      "activating the configuration...",
      "reloading the following units: reloaded.service",
      "restarting the following units: restarted.service",
    ],
  });
});

test("a unit that only describes itself in another way goes on", async () => {
  const before = service("a", "", 'description = "One thing";');
  const after = service("a", "", 'description = "Another thing";');
  expect(await switchFrom(before, after)).toEqual({
    status: 0,
    printed: ["activating the configuration..."],
  });
  expect(await machine.run("systemctl show --property Description --value a")).toBe(
    "Another thing",
  );
});

test("a switch to the running system touches nothing", async () => {
  const ssh = await processOf("sshd");
  expect(await machine.activate(machine.firstSystem)).toEqual({
    status: 0,
    printed: ["activating the configuration..."],
  });
  expect(await processOf("sshd")).toBe(ssh);
});

test("a wanted unit that is down is started, though it did not change", async () => {
  const system = await machine.addSystem(service("a"));
  await machine.activate(system);
  await machine.run("systemctl stop a");
  expect((await machine.activate(system)).printed).toEqual([
    "activating the configuration...",
    "the following new units were started: a.service",
  ]);
});

test("dry-activate tells what would happen, and changes nothing", async () => {
  const units = (config: string) => `
    ${service("changed", config)}
    ${service("left", config, "restartIfChanged = false;")}
    ${service("reloaded", reloadable + config, "reloadIfChanged = true;")}
    ${service("restarted", config, "stopIfChanged = false;")}`;
  await machine.activate(await machine.addSystem(units("") + service("old")));
  const before = [await runningSystem(), await processOf("changed"), await processOf("restarted")];
  const after = await machine.addSystem(units(changed));
  expect(await machine.activate(after, "dry-activate")).toEqual({
    status: 0,
    printed: [
      "would stop the following units: changed.service, old.service",
      "would NOT stop the following changed units: left.service",
      "would activate the configuration...",
      "would reload the following units: reloaded.service",
      "would restart the following units: restarted.service",
      "would start the following units: changed.service",
    ],
  });
  expect([await runningSystem(), await processOf("changed"), await processOf("restarted")]).toEqual(
    before,
  );
});

test("boot changes nothing that runs; test switches as switch does", async () => {
  const system = await machine.addSystem(service("a"));
  expect(await machine.activate(system, "boot")).toEqual({ status: 0, printed: [] });
  expect(await runningSystem()).toBe(machine.firstSystem);
  expect((await machine.activate(system, "test")).status).toBe(0);
  expect(await runningSystem()).toBe(system);
});

test("any other action is refused with the usage", async () => {
  const { status, printed } = await machine.activate(machine.firstSystem, "start");
  expect(status).toBe(1);
  expect(printed[0]).toBe("Usage: switch-to-configuration [switch|boot|test|dry-activate]");
});

test.each([
  ["before its start is done", 'ExecStartPre = "/bin/false";'],
  ["a moment after its start", "ExecStart = \"/bin/sh -c 'sleep 0.15; exit 7'\";"],
  ["again and again", 'ExecStart = "/bin/false"; Restart = "always"; RestartSec = 30;'],
])(
  "a unit that fails %s is named, its status shown, and the exit status is 4",
  async (_, fails) => {
    const system = await machine.addSystem(service("failing", fails));
    const { status, printed } = await machine.activate(system);
    expect(status).toBe(4);
    expect(printed).toContain("warning: the following units failed: failing.service");
    expect(printed.join("\n")).toMatch(/[×●] failing\.service\n/);
    expect(await runningSystem()).toBe(system);
  },
);

test("what sysinit-reactivation.target requires is done before any other unit is started", async () => {
  const early = (mark: string) => `
    systemd.services.early = {
      wantedBy = [ "sysinit.target" ];
      requiredBy = [ "sysinit-reactivation.target" ];
      before = [ "sysinit.target" "sysinit-reactivation.target" "shutdown.target" ];
      conflicts = [ "shutdown.target" ];
      unitConfig.DefaultDependencies = false;
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
        ExecStart = "/bin/sh -c 'sleep 0.5; echo >/run/${mark}'";
      };
    };`;
  const late = (mark: string) =>
    service(`late-${mark}`, `Type = "exec"; ExecStartPre = "/usr/bin/test -e /run/${mark}";`);
  const { status, printed } = await switchFrom(
    early("first") + late("first"),
    early("second") + late("first") + late("second"),
  );
  expect(status).toBe(0);
  expect(printed).toContain("the following new units were started: late-second.service");
  expect(await machine.run("systemctl is-active early late-first late-second")).toBe(
    "active\nactive\nactive",
  );
});
