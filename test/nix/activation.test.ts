import { connect } from "node:net";
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

const activate = async (options: string) => machine.activate(await machine.addSystem(options));
const runningSystem = () => machine.run("readlink /run/current-system");

test("files in /etc come and go with the system that has them, others stay", async () => {
  await machine.run("echo mine >/etc/mine; mkdir -p /etc/folder; echo mine >/etc/folder/mine");
  const before = await machine.run("find /etc | sort");
  await activate(`
    environment.etc."folder/linked".text = "a link";
    environment.etc."folder/copied" = { text = "a copy"; mode = "0440"; };`);
  expect(await machine.run("cd /etc/folder; cat linked copied mine")).toBe("a linka copymine");
  expect(await machine.run("stat --format '%F %a' /etc/folder/copied")).toBe("regular file 440");
  expect(await machine.run("readlink /etc/folder/linked")).toBe("/etc/static/folder/linked");

  await machine.activate(machine.firstSystem);
  expect(await machine.run("find /etc | sort")).toBe(before);
});

test("an activation that cannot be done ends with status 2, and the running system stays", async () => {
  await machine.run("mkdir -p /etc/taken/by-somebody");
  const { status, printed } = await activate('environment.etc.taken.text = "";');
  expect(status).toBe(2);
  expect(printed).toContain("Failed to run activate script");
  expect(await runningSystem()).toBe(machine.firstSystem);
  expect(await machine.run("ls /etc/taken")).toBe("by-somebody");
});

test("the host has the name that the system gives it, else the one that it had", async () => {
  expect(await machine.run("hostname")).toBe("nixos");
  await activate('networking.hostName = "web";');
  expect(await machine.run("hostname; cat /etc/hostname")).toBe("web\nweb");
});

test("only the ports that the firewall opens answer, and SSH does", async () => {
  const server = `systemd.services.web = {
    wantedBy = [ "multi-user.target" ];
    serviceConfig.ExecStart = "/usr/bin/python3 -m http.server --directory /run/nixos 8080";
  };`;
  await activate(server);
  await machine.run("until curl --silent --output /dev/null http://127.0.0.1:8080; do :; done");
  expect(await answers(8080)).toBe(false);
  expect(await answers(22)).toBe(true);
  const opened = await activate(`${server} networking.firewall.allowedTCPPorts = [ 8080 ];`);
  expect(opened.printed).toContain("reloading the following units: firewall.service");
  expect(await answers(8080)).toBe(true);
  await activate(`${server} networking.firewall.enable = false;`);
  expect(await answers(8080)).toBe(true);
});

test("changed settings of the SSH server are in force, and sessions live on", async () => {
  const system = await machine.addSystem('services.openssh.settings.Banner = "/etc/banner";');
  const command = `${system}/bin/switch-to-configuration switch 2>&1`;
  const settings = "/usr/sbin/sshd -T | grep ^banner; echo still here";
  expect((await machine.run(`${command}; ${settings}`)).split("\n")).toEqual([
    "activating the configuration...",
    "restarting the following units: sshd.service",
    "banner /etc/banner",
    "still here",
  ]);
});

test("a machine that reboots comes up on the system that its profile has", async () => {
  const system = await machine.addSystem('environment.etc.mark.text = "here";');
  await machine.run(`nix-env --profile /nix/var/nix/profiles/system --set ${system}`);
  const boot =
    "cat /proc/sys/kernel/random/boot_id; systemctl show --property UserspaceTimestampMonotonic";
  const before = await machine.run(boot);
  await machine.run("systemctl reboot").catch(() => {});
  await expect
    .poll(() => machine.run(boot).catch(() => before), { timeout: 30_000 })
    .not.toBe(before);
  const links = "readlink -f /run/current-system /run/booted-system; cat /etc/mark";
  expect((await machine.run(links)).split("\n")).toEqual([system, system, "here"]);
  const roots = "nix-store --gc --print-roots | grep '^/run/.*-system ' | cut -d ' ' -f 1 | sort";
  expect(await machine.run(roots)).toBe("/run/booted-system\n/run/current-system");
});

/** A port that the firewall closes stays silent. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: machine.address, port, timeout: 1000 });
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.on("connect", () => end(true));
    socket.on("error", () => end(false));
    socket.on("timeout", () => end(false));
  });
}
