import fc from "fast-check";
import { expect, test } from "vitest";
import { readSecrets } from "../../../src/config/secrets.ts";

const faults = (secrets: unknown) => readSecrets(secrets, "iplz", true).faults;

test("a secret needs no more than a value, which stays as it is", () => {
  expect(readSecrets({ token: { value: " a\n" } }, "iplz", true)).toEqual({
    secrets: [
      {
        ...{ secretName: "token", value: " a\n", owner: "root", group: "root", mode: "0400" },
        ...{ restartUnits: [], persist: false },
      },
    ],
    faults: [],
  });
});

test("each fault has its path and what is wanted, and nothing that was given", () => {
  expect(
    faults({
      token: { vlaue: "canary", owner: "canary!", group: ["canary"], mode: 256, persist: "canary" },
      units: { value: 7, restartUnits: ["app.service", "canary"] },
      flat: "canary",
      "a/b": { value: "canary" },
    }),
  ).toEqual([
    'secrets["token"].value: is not set',
    'secrets["token"].owner: must be the name of a user or group, or its number',
    'secrets["token"].group: must be text such as app',
    'secrets["token"].mode: must be text in quotes: "0400"',
    'secrets["token"].persist: must be true or false',
    'secrets["token"]: has no part "vlaue": correct its name, or remove it',
    'secrets["units"].value: must be text',
    'secrets["units"].restartUnits[1]: must be a unit such as app.service',
    'secrets["flat"]: must be an object with a value',
    'secrets["a/b"]: its name must be letters, digits, dots, dashes and underscores, with no dot or ' +
      "dash at the beginning",
  ]);
  expect(faults(["canary"])).toEqual(["secrets: must be an object of names"]);
});

test("values of which none is encrypted are refused, with the command that encrypts one", () => {
  expect(readSecrets({ token: { value: "canary" } }, "iplz", false)).toEqual({
    secrets: [],
    faults: [
      "secrets: no value is encrypted in the stack's file. Set each with: " +
        "pulumi config set --secret --path 'iplz:secrets.NAME.value' < FILE",
    ],
  });
  expect(readSecrets({}, "iplz", false)).toEqual({ secrets: [], faults: [] });
});

test("no junk in any place is told in a fault, and no junk throws", () => {
  const canary = "canary-7Qx";
  const junk = fc.oneof(
    fc.constantFrom(canary, `${canary}\n`, `-${canary}`, `${canary}\0'"$(id)`),
    fc.anything({ values: [fc.constant(canary), fc.string()] }),
  );
  const attribute = fc.constantFrom("value", "owner", "group", "mode", "restartUnits", "persist");
  const given = fc.oneof(junk, fc.dictionary(attribute, junk, { noNullPrototype: true }));
  const names = fc.string().filter((name) => !name.includes(canary));
  const isFault = /^secrets(\[".*"\](\.\w+(\[\d+\])?)?)?: \S/s;
  fc.assert(
    fc.property(fc.dictionary(names, given, { noNullPrototype: true }), (secrets) => {
      const read = readSecrets(secrets, "iplz", true);
      for (const fault of read.faults) {
        expect(fault).toMatch(isFault);
        // A misspelt attribute is named, for the user has to find it.
        if (!fault.includes("has no part")) expect(fault).not.toContain(canary);
      }
      if (read.faults.length > 0) expect(read.secrets).toEqual([]);
      else expect(read.secrets.length).toBe(Object.keys(secrets).length);
    }),
    { numRuns: 500 },
  );
});
