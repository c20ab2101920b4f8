import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import * as secretFile from "../../providers/secret-file.impl.ts";
import { createMachine } from "../../sandbox/machines/machine.ts";
import { makeTestHome, type TestHome } from "../sandbox/machines/test-home.ts";

type Inputs = Parameters<typeof secretFile.create>[0];

let at: TestHome;
let address: string;
let target: Inputs["target"];
beforeAll(async () => {
  at = await makeTestHome();
  ({ address } = await createMachine(at.home, "secrets", at.seed));
  target = at.targetOf(address);
});
afterAll(() => at[Symbol.asyncDispose]());
beforeEach(async () => {
  await onMachine("rm -rf /run/secrets /var/lib/secrets /var/lib/nixos-secrets");
});

const onMachine = (command: string) => at.ssh(address, command);

function secret(changes: Partial<Inputs>): Inputs {
  return {
    ...{ machineId: "one", target, connectTimeoutSeconds: 5, secretName: "token", value: "old" },
    ...{ owner: "root", group: "root", mode: "0400", restartUnits: [], persist: false },
    ...changes,
  };
}

const place = async (changes: Partial<Inputs>) => (await secretFile.create(secret(changes))).outs;

/** What the boot does: what was in memory is gone, and the module's service runs. */
async function restore(): Promise<string> {
  const script = await readFile("nix/modules/secrets.sh", "utf8");
  return onMachine(`sh -s restore 2>&1 <<'END'\n${script}END`).catch(({ stdout }) => stdout);
}

/** Every file there, by name, in base64. */
async function contents(folder = "/run/secrets"): Promise<Record<string, string>> {
  const text = await onMachine(
    `cd ${folder} && for f in $(ls -A); do echo "$f $(base64 -w0 "$f")"; done`,
  );
  const lines = text === "" ? [] : text.split("\n");
  return Object.fromEntries(lines.map((line) => line.split(" ")));
}

async function addUnit(name: string, command: string, settings = ""): Promise<void> {
  const text = `[Service]\nExecStart=${command}\n${settings}\n`;
  await onMachine(
    `cat >/etc/systemd/system/${name}.service <<'END'\n${text}END\nsystemctl daemon-reload`,
  );
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

const stat = (path: string) => onMachine(`stat -c '%U:%G %a' ${path}`);

const faultsOf = async (changes: Partial<Inputs>) =>
  (await secretFile.check({}, secret(changes))).failures;

const hostile = [
  ...[
    "",
    "\n",
    "\n\n",
    " ",
    "-n",
    "--help",
    "$(id)",
    "`id`",
    "'",
    '"',
    "\\",
    "'\\''",
    "\0",
    "a\0b",
  ],
  ...["END", "%s", "\r\n", "é\u{1F511}", "put a memory root root 0400 YQ==\n", "a\nrestart b\n"],
  "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n-----END OPENSSH PRIVATE KEY-----\n",
];
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: fc.constantFrom(...hostile), maxLength: 5 }),
);

test("any text is on the machine byte for byte, now and after a boot", async () => {
  const cases = fc.array(anyText, { minLength: 60, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(cases, fc.boolean(), async (random, persist) => {
      const values = [...hostile, "é".repeat(32 * 1024), "\x01".repeat(512 * 1024), ...random];
      const sent = Object.fromEntries(values.map((value, index) => [`s${index}`, base64(value)]));
      await Promise.all(
        values.map((value, index) => place({ secretName: `s${index}`, value, persist })),
      );
      expect(await contents()).toEqual(sent);
      await onMachine("rm -r /run/secrets");
      expect(await restore()).toBe("");
      expect(await contents()).toEqual(sent);
    }),
    { numRuns: 2 },
  );
});

test("any name is a file of that name and no other, or refused without its value", async () => {
  const name = fc.oneof(
    anyText,
    fc.string({ unit: fc.constantFrom("a", "A", "0", "_", ".", "-", "/", " ", "\n", "*") }),
    fc.string({
      unit: fc.constantFrom("a", "A", "0", "_", ".", "-"),
      minLength: 2,
      maxLength: 100,
    }),
    fc.constantFrom("..", ".", "-rf", "a/../b", "*", "__proto__", "constructor", "token;id"),
  );
  const expected = new Map<string, string>();
  const names = fc.sample(name, 300);
  await Promise.all(
    names.map(async (secretName, index) => {
      const value = `canary-${index}`;
      const failures = await faultsOf({ secretName, value });
      expect(JSON.stringify(failures)).not.toContain("canary");
      if (failures?.length || expected.has(secretName)) return;
      expected.set(secretName, base64(value));
      await place({ secretName, value });
    }),
  );
  expect(expected.size).toBeGreaterThan(10);
  expect(await contents()).toEqual(Object.fromEntries(expected));
  expect(await onMachine("ls -A /run /var/lib")).not.toMatch(/canary|token/);
});

test("a wrong attribute is refused by its name, and nothing that was given is told", async () => {
  const wrong = {
    owner: "Ro ot",
    group: "-x",
    mode: "4755",
    restartUnits: ["a b"],
    value: "\ud800",
  };
  expect(await faultsOf({ ...wrong, secretName: ".x" })).toEqual([
    { property: "owner", reason: "must be the name of a user or group, or its number" },
    { property: "group", reason: "must be the name of a user or group, or its number" },
    { property: "mode", reason: 'must be four octal digits from 0 on, such as "0400"' },
    { property: "restartUnits", reason: "must be a unit such as app.service" },
    {
      property: "secretName",
      reason:
        "must be letters, digits, dots, dashes and underscores, with no dot or dash at the beginning",
    },
    { property: "value", reason: "must be Unicode text: half of a surrogate pair is in it" },
  ]);
  expect(await faultsOf({ value: "x".repeat(512 * 1024 + 1) })).toEqual([
    { property: "value", reason: "must have at most 524288 bytes" },
  ]);
});

test("a secret is in memory, with its owner and mode; only root finds its name", async () => {
  await place({ owner: "daemon", group: "adm", mode: "0440" });
  expect(await stat("/run/secrets")).toBe("root:root 751");
  expect(await stat("/run/secrets/token")).toBe("daemon:adm 440");
  expect(await stat("/var/lib/nixos-secrets")).toBe("root:root 700");
  expect(await onMachine("grep -r old /var/lib/nixos-secrets || ls /var/lib/secrets")).toBe("");
  await onMachine("rm -r /run/secrets");
  expect(await restore()).toBe("");
  expect(await stat("/run/secrets/token")).toBe("daemon:adm 440");
});

test("a persistent secret is on the disk, and under the same path; turned back it is not", async () => {
  const onDisk = await place({ persist: true, mode: "0440" });
  expect(await onMachine("readlink /run/secrets/token")).toBe("/var/lib/secrets/token");
  expect(await stat("/var/lib/secrets/token")).toBe("root:root 440");
  expect((await secretFile.read("", onDisk)).props?.isInPlace).toBe(true);
  await secretFile.update("", onDisk, secret({ value: "new" }));
  expect(await contents()).toEqual({ token: base64("new") });
  expect(await contents("/var/lib/secrets")).toEqual({});
});

test("an owner that the machine does not have yet gets the file when it is there", async () => {
  const outs = await place({ owner: "app", mode: "0444" });
  expect(await stat("/run/secrets/token")).toBe("root:root 400");
  expect((await secretFile.read("", outs)).props?.isInPlace).toBe(true);
  expect(await restore()).toBe(
    "The secret token is root's: there is no user app or no group root.",
  );
  await onMachine("useradd --system app");
  expect((await secretFile.read("", outs)).props?.isInPlace).toBe(false);
  expect(await restore()).toBe("");
  expect(await stat("/run/secrets/token")).toBe("app:root 444");
  expect((await secretFile.read("", outs)).props?.isInPlace).toBe(true);
});

test("units that run or failed restart once for all secrets of an update, no others", async () => {
  const startsWithSecret =
    "test -e /run/secrets/a && echo started >>/tmp/%N && exec sleep infinity";
  await addUnit("runs", `/bin/sh -c "echo started >>/tmp/%N; exec sleep infinity"`);
  await addUnit("other", "/bin/sleep infinity");
  await addUnit("stopped", "/bin/sleep infinity");
  await addUnit("failed", `/bin/sh -c "${startsWithSecret}"`);
  await onMachine(
    "systemctl start runs other failed; until [ -s /tmp/runs ]; do sleep 0.05; done; rm /tmp/runs; " +
      "until systemctl is-failed --quiet failed; do sleep 0.05; done",
  );
  const invocation = () => onMachine("systemctl show --property InvocationID other");
  const before = await invocation();
  const restartUnits = ["runs", "failed", "stopped", "absent"].map((unit) => `${unit}.service`);
  const names = ["a", "b", "c", "d"];
  await Promise.all(names.map((secretName) => place({ secretName, restartUnits })));
  expect(await onMachine("cat /tmp/runs /tmp/failed")).toBe("started\nstarted");
  expect(await onMachine("systemctl is-active runs failed stopped absent || true")).toBe(
    "active\nactive\ninactive\ninactive",
  );
  expect(await invocation()).toBe(before);
});

test("a unit that does not come up again is named, and its restart is tried again", async () => {
  await addUnit(
    "picky",
    `/bin/sh -c "cat /run/secrets/token; exec grep -q right /run/secrets/token"`,
    "Type=oneshot\nRemainAfterExit=yes",
  );
  const restartUnits = ["picky.service"];
  await place({ value: "right", restartUnits });
  await onMachine("systemctl start picky");
  const failure = await place({ value: "canary", restartUnits }).catch((error) => error.message);
  expect(failure).toMatch(
    new RegExp(
      `^Placing the secret token on root@${address} port 22 failed: Job for picky\\.service failed`,
    ),
  );
  expect(failure).not.toContain("canary");
  await place({ value: "right again", restartUnits });
  expect(await onMachine("systemctl is-active picky")).toBe("active");
});

test.each([
  ["removed", "rm /run/secrets/token"],
  ["removed with its folder", "rm -r /run/secrets"],
  ["altered", "echo altered >/run/secrets/token"],
  ["opened to all", "chmod 0444 /run/secrets/token"],
  ["given away", "chown daemon /run/secrets/token"],
  ["lost on the disk", "rm /var/lib/nixos-secrets/token"],
  ["damaged on the disk", "echo garbage >>/var/lib/nixos-secrets/token"],
])("a refresh sees a file that was %s, and the update puts it right", async (_, damage) => {
  const outs = await place({});
  const seen = async (props: typeof outs) => (await secretFile.read("id", props)).props;
  expect(await seen(outs)).toEqual(outs);
  await onMachine(damage);
  const found = await seen(outs);
  expect(found).toEqual({ ...outs, isInPlace: false });
  expect(found && (await secretFile.diff("", found, secret({}))).changes).toBe(true);
  await secretFile.update("", found ?? outs, secret({}));
  expect(await seen(outs)).toEqual(outs);
});

test("what cannot be written leaves the file that was there, and says why without the value", async () => {
  const outs = await place({});
  const put = (changes: Partial<Inputs>) =>
    secretFile.update("", outs, secret({ value: "canary", ...changes })).then(
      () => "",
      (error) => error.message,
    );
  const failed = `Placing the secret token on root@${address} port 22 failed: `;
  await onMachine("mount -t tmpfs -o size=4k none /var/lib/nixos-secrets");
  const full = await put({ value: "canary".repeat(10_000) });
  await onMachine("umount /var/lib/nixos-secrets");
  expect(full).toMatch(/^Placing the secret token .*No space left on device/);
  expect(full).not.toContain("canary");

  await onMachine("mv /usr/bin/systemd-creds /usr/bin/hidden");
  const missing = await put({});
  await onMachine("mv /usr/bin/hidden /usr/bin/systemd-creds");
  expect(missing).toMatch(
    /^Placing the secret token .*systemd-creds: not found\nMend it, then run `pulumi up` again\.$/,
  );

  await onMachine("mkdir -p /srv/disk && mount --bind /srv/disk /run/secrets");
  const slow = await put({});
  await onMachine("umount /run/secrets");
  expect(slow).toBe(`${failed}/run/secrets is on no tmpfs\nMend it, then run \`pulumi up\` again.`);

  expect(await put({ target: { ...target, user: "nobody" } })).toMatch(
    /^Placing the secret token on nobody@\S+ port 22 failed: Connecting to nobody@\S+ port 22 failed: the machine does not let/,
  );
  expect(await contents()).toEqual({ token: base64("old") });
  expect(await restore()).toBe("");
  expect(await contents()).toEqual({ token: base64("old") });
});

test("a record that cannot be decrypted at boot is named, and the others are put back", async () => {
  await Promise.all([place({ secretName: "a" }), place({ secretName: "b" })]);
  await onMachine("rm -r /run/secrets; echo garbage >>/var/lib/nixos-secrets/a");
  expect((await restore()).split("\n").at(-1)).toBe(
    "The secret a cannot be put back: pulumi refresh, then pulumi up puts it here again.",
  );
  expect(await contents()).toEqual({ b: base64("old") });
});

test("deleting leaves nothing, twice", async () => {
  const outs = await Promise.all([
    place({ secretName: "a" }),
    place({ secretName: "b", persist: true }),
  ]);
  for (const _ of [1, 2]) await Promise.all(outs.map((one) => secretFile.delete("", one)));
  expect(
    await onMachine("find /run/secrets /var/lib/secrets /var/lib/nixos-secrets -type f -o -type l"),
  ).toBe("");
});

test("only another file or another way in is a change, only another machine a replacement", async () => {
  const olds = { ...secret({}), isInPlace: true };
  const diff = async (changes: Partial<Inputs>) => {
    const { changes: isChange, replaces } = await secretFile.diff("", olds, secret(changes));
    return [isChange, replaces];
  };
  expect(await diff({})).toEqual([false, []]);
  expect(await diff({ connectTimeoutSeconds: 9 })).toEqual([false, []]);
  for (const changes of [
    ...[{ value: "new" }, { owner: "app" }, { group: "app" }, { mode: "0440" }, { persist: true }],
    ...[{ restartUnits: ["a.service"] }, { target: { ...target, port: 2222 } }],
  ])
    expect(await diff(changes)).toEqual([true, []]);
  expect(await diff({ machineId: "two" })).toEqual([true, ["machineId"]]);
});
