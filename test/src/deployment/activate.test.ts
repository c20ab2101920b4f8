import { afterAll, beforeAll, expect, test } from "vitest";
import { giveOwnClock, setClock } from "../../helpers/machine-clock.ts";
import { type ActivationMachine, makeActivationMachine } from "./activation-machine.ts";

let machine: ActivationMachine;
beforeAll(async () => {
  machine = await makeActivationMachine();
});
afterAll(() => machine[Symbol.asyncDispose]());

const profile = () => machine.run("readlink -f /nix/var/nix/profiles/system");
const running = () => machine.run("readlink /run/current-system");
const record = () =>
  machine
    .run("stat --format %a /nix/var/nix/activated-system; cat /nix/var/nix/activated-system")
    .then((text) => text.replace("\n", " "));
const generations = async () =>
  Number(await machine.run("ls -d /nix/var/nix/profiles/system-*-link | wc -l"));

/** Python's web server, without the look-up of the machine's own name, which nobody answers here. */
const webServer =
  "import http.server as h, socketserver as s; " +
  "s.ThreadingTCPServer(('', 8080), h.SimpleHTTPRequestHandler).serve_forever()";

const waiting = "Waiting for the confirmation over a new connection.";

test("the system runs first, and becomes profile and boot default when it is confirmed", async () => {
  const before = await profile();
  const system = await machine.makeSystem(
    'echo "$1 with $(readlink -f /nix/var/nix/profiles/system)"',
  );
  expect(await machine.activate(system)).toEqual({
    status: 0,
    printed: expect.arrayContaining([`test with ${before}`, waiting, `boot with ${system}`]),
  });
  expect([await profile(), await running()]).toEqual([system, system]);
  expect(await record()).toBe(`644 switch iplz/test ${system}`);
});

test("as many generations are left as are asked for, none but the one in use for 0", async () => {
  for (const keepGenerations of [1000, 1000, 1000, 3])
    await machine.activate(await machine.makeSystem(), { keepGenerations });
  expect(await generations()).toBe(3);
  const last = await machine.makeSystem();
  await machine.activate(last, { keepGenerations: 0 });
  expect(await generations()).toBe(1);
  expect(await profile()).toBe(last);
});

test("garbage is collected after the activation, and the systems kept are not garbage", async () => {
  const garbage = await machine.run("echo garbage > /tmp/garbage && nix-store --add /tmp/garbage");
  const system = await machine.makeSystem();
  await machine.activate(system, { keepGenerations: 1 });
  await machine.run(
    "while systemctl is-active --quiet nix-gc-after-activation; do sleep 0.05; done; " +
      `test ! -e ${garbage} && test -x ${system}/bin/switch-to-configuration`,
  );
});

test("a system that is not in the machine's store is refused, and nothing is changed", async () => {
  const before = [await profile(), await running()];
  const system = await machine.makeSystem("", { isCopied: false });
  expect(await machine.activate(system)).toEqual({
    status: 1,
    printed: [
      `Activating ${system} failed: it is not in this machine's store, or it is no NixOS system. ` +
        'Copy it again: `pulumi up --replace "**-copy"`.',
    ],
  });
  expect([await profile(), await running()]).toEqual(before);
});

test("a path of the closure that the disk has lost is named, and nothing is changed", async () => {
  const lost = await machine.run("echo lost > /tmp/lost && nix-store --add /tmp/lost");
  const system = await machine.makeSystem(`# ${lost}`);
  const before = await running();
  await machine.run(
    `sqlite() { python3 -c "import sqlite3,sys; d=sqlite3.connect('/nix/var/nix/db/db.sqlite'); d.execute(sys.argv[1]); d.commit()" "$1"; }; ` +
      "sqlite \"insert into Refs select a.id, b.id from ValidPaths a, ValidPaths b where a.path='" +
      `${system}' and b.path='${lost}'"; rm -r ${lost}`,
  );
  const { status, printed } = await machine.activate(system);
  expect(status).toBe(1);
  expect(printed[0]).toContain(
    `Activating ${system} failed: ${lost} of its closure is gone from this machine's disk`,
  );
  expect(await running()).toBe(before);
});

test("a boot partition without room for the kernel is found before anything is changed", async () => {
  const before = [await profile(), await running()];
  const files = { kernel: "k".repeat(100_000), initrd: "i".repeat(100_000) };
  const system = await machine.makeSystem("", { files });
  await machine.run("mkdir -p /boot; mount -t tmpfs -o size=64K none /boot");
  const { status, printed } = await machine.activate(system);
  expect([status, printed]).toEqual([
    1,
    [
      `Activating ${system} failed: there are only 64 KiB free in /boot, and it takes 200. Make room, ` +
        "then run `pulumi up` again. Nothing was changed.",
    ],
  ]);
  expect([await profile(), await running()]).toEqual(before);
  await machine.run("mount -o remount,size=1M /boot");
  expect((await machine.activate(system)).status).toBe(0);
  await machine.run("umount /boot");
});

test("what takes a reboot is told until the machine has booted it", async () => {
  const older = await machine.makeSystem("", { files: { kernel: "old", initrd: "same" } });
  const newer = await machine.makeSystem("", { files: { kernel: "new", initrd: "same" } });
  const told = async (system: string) => {
    const { status, printed } = await machine.activate(system);
    expect(status).toBe(0);
    return printed.filter((line) => line.includes("reboot"));
  };
  await machine.run(`ln -sfn ${older} /run/booted-system`);
  expect(await told(older)).toEqual([]);
  expect(await told(newer)).toEqual([
    `It takes a reboot for its kernel, ${newer}/kernel: until then the machine runs ${older}/kernel.`,
  ]);
  expect(await told(await machine.makeSystem())).toEqual([]);
  await machine.run("rm /run/booted-system");
});

test("a switch that fails ends with its status, the units' logs, and the system before", async () => {
  const previous = await machine.makeSystem("echo previous with $1");
  await machine.activate(previous);
  const before = await generations();
  const failing = await machine.makeSystem(
    "systemd-run --quiet --unit broken sh -c 'echo the reason; exit 7'\n" +
      'while [ "$(systemctl is-active broken)" != failed ]; do sleep 0.05; done\n' +
      "exit 4",
  );
  const { status, printed } = await machine.activate(failing);
  // The journal has these two in either order.
  const isEither = (line: string) => line === "the reason" || line.startsWith("Started broken");
  expect(printed.filter(isEither)).toHaveLength(2);
  expect({ status, printed: printed.filter((line) => !isEither(line)) }).toEqual({
    status: 1,
    printed: [
      `Activating ${failing} failed: switch-to-configuration exited with status 4.`,
      "The last log lines of broken.service:",
      expect.stringContaining("status=7"),
      expect.stringContaining("Failed with result 'exit-code'."),
      `Going back to ${previous}, which ran before.`,
      "previous with test",
      "Mend it, then run `pulumi up` again.",
    ],
  });
  expect(await record()).toBe(`644 switch iplz/test ${previous}`);
  expect([await profile(), await running(), await generations()]).toEqual([
    previous,
    previous,
    before,
  ]);
});

test("the units' logs are shown though the clock was set back meanwhile", async () => {
  await using _ = await giveOwnClock(machine.run, ["systemd-journald"]);
  const failing = await machine.makeSystem(
    `${setClock(-3600)}\n` +
      "systemd-run --quiet --unit late sh -c 'echo the late reason; exit 7'\n" +
      'while [ "$(systemctl is-active late)" != failed ]; do sleep 0.05; done\n' +
      "exit 4",
  );
  const { printed } = await machine.activate(failing);
  expect(printed).toContain("The last log lines of late.service:");
  expect(printed).toContain("the late reason");
  // Nothing of what failed before this activation.
  expect(printed.join("\n")).not.toContain("broken.service");
  await machine.run("systemctl reset-failed");
});

test("a switch that hangs is ended after its time, and the machine goes back", async () => {
  const previous = await running();
  const hanging = await machine.makeSystem("sleep infinity");
  const { status, printed } = await machine.activate(hanging, { timeoutSeconds: 1 });
  expect(status).toBe(1);
  expect(printed).toContain(
    `Activating ${hanging} failed: it did not end within activation.timeoutSeconds, 1 s.`,
  );
  expect([await profile(), await running()]).toEqual([previous, previous]);
});

test("a unit that ran before and failed since has the machine go back, though the switch went well", async () => {
  const previous = await running();
  await machine.run("systemd-run --quiet --unit witness sleep infinity");
  const system = await machine.makeSystem(
    "systemctl kill --signal KILL witness\n" +
      'while [ "$(systemctl is-active witness)" != failed ]; do sleep 0.05; done',
  );
  const { status, printed } = await machine.activate(system);
  expect(status).toBe(1);
  expect(printed[0]).toBe(
    `Activating ${system} failed: units that ran before have failed: witness.service.`,
  );
  expect(printed).toContain("The last log lines of witness.service:");
  expect(await running()).toBe(previous);
  await machine.run("systemctl reset-failed");
});

test("an activation that nobody confirms goes back, the profile untouched", async () => {
  const previous = await running();
  const system = await machine.makeSystem();
  expect(await machine.activate(system, { isConfirmed: false, confirmTimeoutSeconds: 1 })).toEqual({
    status: 1,
    printed: [
      waiting,
      `Activating ${system} failed: nobody confirmed within 1 s that the machine can still be reached.`,
      `Going back to ${previous}, which ran before.`,
      "previous with test",
      "Mend it, then run `pulumi up` again.",
    ],
  });
  expect([await profile(), await running()]).toEqual([previous, previous]);
});

test("health checks that hold let the system stay; one that does not is named with what it got", async () => {
  const previous = await running();
  await machine.run(
    "mkdir -p /srv/health; cd /srv/health; echo fine >index.html; " +
      `systemd-run --quiet --unit web --working-directory /srv/health python3 -c "${webServer}"`,
  );
  const web = { path: "/", port: 8080, status: 200, timeoutSeconds: 20 };
  const good = await machine.makeSystem();
  const healthChecks = [
    { ...web, bodyPattern: "^fine$" },
    { unit: "web.service", timeoutSeconds: 20 },
    // Holds at its second try: it is made again.
    { command: "[ -e /srv/once ] || { touch /srv/once; exit 3; }", timeoutSeconds: 20 },
  ];
  expect(await machine.activate(good, { healthChecks })).toMatchObject({ status: 0 });
  expect(await running()).toBe(good);

  const failures = [
    [
      { ...web, bodyPattern: "^bad'$", timeoutSeconds: 1 },
      'the health check GET :8080/ did not hold within 1 s: the body does not match /^bad\'$/: "fine\\n".',
    ],
    [
      { ...web, status: 204, timeoutSeconds: 1 },
      "the health check GET :8080/ did not hold within 1 s: the status is 200, not 204.",
    ],
    [
      { ...web, port: 8081, timeoutSeconds: 1 },
      `the health check GET :8081/ did not hold within 1 s: no answer (connect ECONNREFUSED ${machine.target.address}:8081).`,
    ],
    [
      { command: 'echo "it\'s $(id -un)"; exit 5', timeoutSeconds: 1 },
      'the health check `echo "it\'s $(id -un)"; exit 5` did not hold within 1 s: the exit status is 5, ' +
        'and it printed "it\'s root".',
    ],
    [
      { unit: "nowhere.service", timeoutSeconds: 1 },
      "the health check nowhere.service did not hold within 1 s: it is inactive, not active.",
    ],
  ] as const;
  for (const [check, reason] of failures) {
    const system = await machine.makeSystem();
    const { status, printed } = await machine.activate(system, { healthChecks: [check] });
    expect([status, printed[1]]).toEqual([1, `Activating ${system} failed: ${reason}`]);
    expect(await running()).toBe(good);
  }
  expect(previous).not.toBe(good);
});

test("a second activation is refused and told whose the first is; its own deployer follows it", async () => {
  await machine.run("mkfifo /run/go-on");
  const system = await machine.makeSystem('[ "$1" != test ] || cat /run/go-on');
  const first = machine.activate(system);
  await machine.run("until systemctl is-active --quiet nixos-activation; do sleep 0.05; done");

  // As old as it looks after the clock was set ahead.
  await machine.run('touch --date "2 days ago" "$(readlink /run/nixos-activation/current)"');
  const other = await machine.makeSystem();
  const refused = await machine.activate(other, { stack: "iplz/other" });
  expect(refused.status).toBe(1);
  expect(refused.printed.join("\n")).toMatch(
    new RegExp(
      `^Activating ${other} failed: another activation is under way on this machine: switch ${system} ` +
        "for iplz/test, from \\d+\\.\\d+\\.\\d+\\.\\d+, since \\S.*\\. Nothing was changed\\. ",
    ),
  );

  const again = machine.activate(system);
  await machine.run(
    "until [ \"$(pgrep --count --full '^tail --lines .1 --follow /run/nixos-activation/.*/log')\" = 2 ]; do sleep 0.05; done; echo >/run/go-on",
  );
  const [one, two] = await Promise.all([first, again]);
  expect([one.status, two.status]).toEqual([0, 0]);
  expect(two.printed[0]).toBe(
    "This activation is under way already, begun by an earlier `pulumi up`: following it.",
  );
  expect(two.printed.slice(1)).toEqual(one.printed);
  expect(await running()).toBe(system);
});

test("an activation that was killed is told as that, and does not block the next one", async () => {
  const hanging = await machine.makeSystem(
    "systemctl kill --signal KILL nixos-activation; sleep 60",
  );
  expect(await machine.activate(hanging)).toEqual({
    status: 1,
    printed: [
      `Activating ${hanging} failed: the activation was killed on the machine before its end. ` +
        "Run `pulumi up` again: it activates anew.",
    ],
  });
  const next = await machine.makeSystem();
  expect((await machine.activate(next)).status).toBe(0);
});

test("the log is kept on the machine, the last ten of them", async () => {
  const system = await machine.makeSystem("echo a line of $1");
  await machine.run(
    "mkdir -p /var/log/nixos-activation; cd /var/log/nixos-activation; touch 2000-01-{01..19}.log 2000-01-01.log",
  );
  await machine.activate(system);
  const logs = (await machine.run("ls /var/log/nixos-activation")).split("\n");
  expect(logs).toHaveLength(10);
  expect(await machine.run(`cat /var/log/nixos-activation/${logs.at(-1)}`)).toContain(
    "a line of test",
  );
});

test("mode boot sets profile and boot default and switches nothing; test and dry-activate set neither", async () => {
  const [before, runs] = [await profile(), await running()];
  const script = "echo asked to $1";
  const tried = await machine.makeSystem(script);
  expect(await machine.activate(tried, { mode: "dry-activate", isConfirmed: false })).toEqual({
    status: 0,
    printed: ["asked to dry-activate"],
  });
  expect([await profile(), await running()]).toEqual([before, runs]);
  expect(await machine.activate(tried, { mode: "test" })).toEqual({
    status: 0,
    printed: ["asked to test", waiting],
  });
  expect([await profile(), await running()]).toEqual([before, tried]);
  expect(await record()).toBe(`644 test iplz/test ${tried}`);
  const later = await machine.makeSystem(script);
  expect((await machine.activate(later, { mode: "boot", isConfirmed: false })).printed[0]).toBe(
    "asked to boot",
  );
  expect([await profile(), await running()]).toEqual([later, tried]);
});

test("a boot loader that cannot be installed has the machine go back, its profile too", async () => {
  const [before, runs, count] = [await profile(), await running(), await generations()];
  const system = await machine.makeSystem('[ "$1" != boot ] || exit 9');
  const { status, printed } = await machine.activate(system);
  expect(status).toBe(1);
  expect(printed).toContain(
    `Activating ${system} failed: it could not be made the boot default: status 9.`,
  );
  expect([await profile(), await running(), await generations()]).toEqual([before, runs, count]);
});
