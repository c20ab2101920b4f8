import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { hosts } from "../../src/config/hosts.ts";
import { hostName } from "../../src/config/patterns.ts";
import { schema } from "../../src/config/schema.ts";
import { readConfig } from "../../src/config.ts";
import { isStorePath } from "../../src/nix/store-path.ts";
import { asRoot } from "../../src/ssh/as-root.ts";
import { ed25519 } from "./config/public-key.ts";

const run = promisify(execFile);

/** What breaks out of shells, Nix strings, SSH's files and command lines where nobody watches. */
const nasty = fc.constantFrom(
  ...[
    "\n",
    "\r",
    "\0",
    '"',
    "'",
    "`",
    "$(id)",
    "$" + "{x}",
    ";",
    "&",
    "|",
    "\\",
    " ",
    "\t",
    "*",
    "~",
  ],
  ...["-oProxyCommand=id", "--", "..", "/", "#", "%", "ü", "\u202e", "\u{1f980}", "\ud800"],
);

/** Texts that are near to right ones: pieces of those, junk, and any text at all. */
function near(...pieces: string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(fc.constantFrom(...pieces), nasty, fc.string({ unit: "grapheme" }));
  return fc.oneof(
    fc.array(piece, { maxLength: 5 }).map((parts) => parts.join("")),
    fc.constantFrom(...pieces),
  );
}

const hash = "0c5b8vw40dy178xlpddw65q9gf1h2186";
const storePath = near(`/nix/store/${hash}-nixos`, "-system", "?", "=", "+", "/nix/store/", hash);
const address = near("192.0.2.1", "2001:db8::1", "web", ".example.org", "-", ":", "xn--");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "junk-"));
  await pulumi.runtime.setMocks(
    { newResource: ({ inputs }) => ({ id: "", state: inputs }), call: () => ({}) },
    "iplz",
    "test",
  );
});
afterAll(() => rm(folder, { recursive: true }));

test("whatever a key is set to, it is taken or refused by its name, and nothing else happens", async () => {
  const { config } = parse(await readFile("Pulumi.yaml", "utf8"));
  const defaults = Object.fromEntries(
    Object.entries<{ default: unknown }>(config).map(([key, { default: standard }]) => [
      key,
      typeof standard === "string" ? standard : JSON.stringify(standard),
    ]),
  );
  const keys = Object.keys(defaults);
  const value = fc.oneof(
    near("live", "aws", "sandbox", "1", "-1", "[]", "{}", "null", "true", "1e9", '{"__proto__":1}'),
    fc.json(),
    storePath,
  );
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...keys), value, { minKeys: 1, maxKeys: 4 }),
      (set) => {
        const all = Object.entries({ ...defaults, ...set }).filter(([key]) => key !== "privateKey");
        pulumi.runtime.setAllConfig(
          Object.fromEntries(all.map(([key, text]) => [`iplz:${key}`, text])),
        );
        try {
          expect(Object.keys(readConfig()).toSorted()).toEqual(keys.toSorted());
        } catch (error) {
          expect(error).toBeInstanceOf(pulumi.RunError);
          const [first, ...faults] = (error as Error).message.split("\n- ");
          expect(first).toBe("The configuration of stack test cannot be used:");
          expect(faults.length).toBeGreaterThan(0);
          for (const fault of faults) {
            const [, key = ""] = /^iplz:(\w+)/.exec(fault) ?? [];
            expect(keys).toContain(key);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("a store path that is taken reaches a program over a shell as it is", async () => {
  const taken = fc
    .sample(storePath, 20_000)
    .filter((text) => schema.shape.system.safeParse(text).success && text !== "");
  expect(taken.length).toBeGreaterThan(100);
  expect(taken.every((path) => isStorePath(path) && !path.includes("\n"))).toBe(true);
  // As the activation's command line has it; `echo` in place of the script.
  const lines = taken.map((path) => asRoot("root", `printf '%s\\n' ${path} 3 iplz/test`));
  const { stdout } = await run("sh", ["-c", lines.join("\n")], { cwd: folder });
  expect(stdout).toBe(taken.map((path) => `${path}\n3\niplz/test\n`).join(""));
});

test("the address of a host that is taken reaches ssh as it is, and as nothing else", async () => {
  const parse = (text: string) =>
    hosts.safeParse([{ name: "web", address: text, hostPublicKey: ed25519 }]);
  const taken = [...new Set(fc.sample(address, 20_000))].filter((text) => parse(text).success);
  expect(taken.length).toBeGreaterThan(20);
  for (const text of taken.slice(0, 60)) {
    await writeFile(join(folder, "config"), `Host machine\n  HostName ${text}\n  Port 22\n`);
    const { stdout } = await run("ssh", ["-G", "-F", "config", "machine"], { cwd: folder });
    expect(stdout).toContain(`\nhostname ${text.toLowerCase()}\n`);
    expect(stdout).not.toContain("proxycommand");
  }
});

test("a host's name is a label of DNS, or is refused", () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  fc.assert(fc.property(label, (name) => hostName.safeParse(name).success));
  fc.assert(
    fc.property(near("web", "-", "WEB", "a".repeat(63), "."), (name) => {
      const { success } = hostName.safeParse(name);
      expect(success).toBe(/^[a-z0-9-]+$/.test(name) && name.length < 64 && !/^-|-$|\n/.test(name));
    }),
    { numRuns: 500 },
  );
});

test("a host public key that is taken is one line, whatever its comment", () => {
  const junk = near("me@host", "=", " ", "A");
  const key = fc
    .tuple(fc.constantFrom("", " "), junk)
    .map(([space, text]) => `${ed25519}${space}${text}`);
  const host = { name: "web", address: "192.0.2.1" };
  const taken = fc
    .sample(key, 20_000)
    .filter((hostPublicKey) => hosts.safeParse([{ ...host, hostPublicKey }]).success);
  expect(taken.length).toBeGreaterThan(1000);
  for (const hostPublicKey of taken) {
    expect(hostPublicKey).toMatch(/^\S+ [A-Za-z0-9+/]+={0,3}( .*)?$/);
    expect(hostPublicKey).not.toMatch(/[\n\r\0\u2028\u2029]/);
  }
});
