import { describe, expect, it } from "vitest";
import { diffInputs } from "../../../../sandbox/plugins/command/diff.ts";
import {
  makeFileAsset,
  makeSecret,
  type Properties,
  unknownValue,
} from "../../../../sandbox/plugins/lib/property-values.ts";

const token = "command:remote:Command";

function diff(state: Properties, news: Properties): Record<string, string> {
  return Object.fromEntries(
    [...diffInputs(token, state, news)].map(([path, { kind, replaces }]) => [
      path,
      replaces ? `${kind}, replaces` : kind,
    ]),
  );
}

describe("diffInputs", () => {
  const cases: [string, Properties, Properties, Record<string, string>][] = [
    ["equal inputs", { create: "a" }, { create: "a" }, {}],
    ["an output", { create: "a", stdout: "x", stderr: "" }, { create: "a" }, {}],
    ["a null for an absent value", { create: "a", update: null }, { create: "a" }, {}],
    ["another command", { create: "a" }, { create: "b" }, { create: "update" }],
    ["a command more", {}, { delete: "b" }, { delete: "add" }],
    ["a command less", { delete: "b" }, {}, { delete: "delete" }],
    [
      "one variable",
      { environment: { A: "a", "B.C": "b" } },
      { environment: { A: "z", "B.C": "y" } },
      { "environment.A": "update", 'environment["B.C"]': "update" },
    ],
    [
      "another trigger",
      { triggers: ["a"] },
      { triggers: ["b"] },
      { "triggers[0]": "update, replaces" },
    ],
    [
      "a trigger more",
      { triggers: ["a"] },
      { triggers: ["a", "b"] },
      { "triggers[1]": "add, replaces" },
    ],
    ["first triggers", {}, { triggers: ["a"] }, { triggers: "add, replaces" }],
    [
      "a part of a trigger",
      { triggers: [{ a: 1 }] },
      { triggers: [{ a: 2 }] },
      { "triggers[0].a": "update, replaces" },
    ],
    [
      "the content of an asset",
      { triggers: [makeFileAsset("f", "1")] },
      { triggers: [makeFileAsset("f", "2")] },
      { "triggers[0]": "update, replaces" },
    ],
    [
      "the path of an asset alone",
      { triggers: [makeFileAsset("f", "1")] },
      { triggers: [makeFileAsset("g", "1")] },
      {},
    ],
    [
      "a part of a connection",
      { connection: makeSecret({ host: "a" }) },
      { connection: makeSecret({ host: "b" }) },
      { connection: "update" },
    ],
    ["a value that became secret", { stdin: "a" }, { stdin: makeSecret("a") }, { stdin: "update" }],
    ["a value not yet known", { create: "a" }, { create: unknownValue }, { create: "update" }],
  ];
  it.each(cases)("finds %s", (_what, state, news, expected) => {
    expect(diff(state, news)).toEqual(expected);
  });

  it("replaces a CopyFile for any change", () => {
    expect([
      ...diffInputs("command:remote:CopyFile", { remotePath: "/a" }, { remotePath: "/b" }),
    ]).toEqual([["remotePath", { kind: "update", replaces: true }]]);
  });
});
