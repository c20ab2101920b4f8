import fc from "fast-check";
import { expect, test } from "vitest";
import { machineLine } from "../../../src/building/machine-lines.ts";
import { build } from "../../../src/config/build.ts";
import { ed25519 as hostPublicKey } from "../config/public-key.ts";

test("a builder is a line of Nix's list, with its pinned host key", () => {
  const { builders } = build.parse({
    on: "builders",
    builders: [{ address: "192.0.2.1", hostPublicKey: `${hostPublicKey} root@builder` }],
  });
  const key = Buffer.from(hostPublicKey).toString("base64");
  expect(builders.map((builder) => machineLine(builder, "/keys/key-0"))).toEqual([
    `ssh://root@192.0.2.1 x86_64-linux /keys/key-0 1 1 - - ${key}`,
  ]);
  const more = {
    ...{
      address: "fd00::1",
      hostPublicKey,
      user: "nix",
      platforms: ["x86_64-linux", "i686-linux"],
    },
    ...{ maxJobs: 8, speedFactor: 2, features: ["kvm", "big-parallel"] },
  };
  const [other] = build.parse({ builders: [more] }).builders;
  expect(other && machineLine(other, undefined)).toBe(
    `ssh://nix@[fd00::1] x86_64-linux,i686-linux - 8 2 kvm,big-parallel - ${key}`,
  );
});

test("whatever the configuration takes is eight words of one builder", () => {
  const nasty = fc.constantFrom(
    ...[" ", "\n", "\t", ";", "#", "@", ",", "-", "[", "]", "?", "&", "=", "%", "$(id)", "-oX=y"],
  );
  const text = fc
    .array(fc.oneof(nasty, fc.string({ minLength: 1, maxLength: 6 })), {
      minLength: 1,
      maxLength: 3,
    })
    .map((parts) => parts.join(""));
  const plain = { address: "b.example", hostPublicKey, user: "nix", platforms: ["x86_64-linux"] };
  const entry = fc.record(
    {
      address: fc.oneof(fc.constant("b.example"), text),
      user: fc.oneof(fc.constant("nix"), text),
      keyFile: text,
      hostPublicKey: fc.oneof(
        fc.constant(hostPublicKey),
        text.map((rest) => `${hostPublicKey} ${rest}`),
      ),
      platforms: fc.array(fc.oneof(fc.constant("x86_64-linux"), text), { maxLength: 2 }),
      features: fc.array(fc.oneof(fc.constant("kvm"), text), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  );
  let taken = 0;
  fc.assert(
    fc.property(entry, (given) => {
      const parsed = build.safeParse({ builders: [{ ...plain, ...given }] });
      const [builder] = parsed.data?.builders ?? [];
      if (!builder) return;
      taken += 1;
      const line = machineLine(builder, "/keys/key-0");
      expect(line).toMatch(
        /^ssh:\/\/[a-z_][\w-]*@[\w.:[\]-]+ [\w,-]+ \/keys\/key-0 \d+ \d+ [\w,-]+ - [A-Za-z0-9+/]+=*$/,
      );
    }),
    { numRuns: 2000 },
  );
  expect(taken).toBeGreaterThan(100);
});
