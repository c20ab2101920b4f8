import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  makeFileAsset,
  makeSecret,
  type Properties,
  unknownValue,
} from "../../../../sandbox/plugins/lib/property-values.ts";
import { type CommandProvider, startProvider } from "./provider.ts";

let provider: CommandProvider;

beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.stop());

const kinds = Object.fromEntries(
  Object.entries(proto.PropertyDiff.Kind).map(([name, kind]) => [
    kind,
    name.toLowerCase().replace("_replace", ", replaces"),
  ]),
);

/** Every way in which the answer tells of a difference says the same. */
async function diff(
  state: Properties,
  news: Properties,
  type = "command:remote:Command",
): Promise<Record<string, string | undefined>> {
  const response = await provider.diff({ type, name: "job" }, state, news);
  const differences: Record<string, string | undefined> = {};
  response.getDetaileddiffMap().forEach((difference, path) => {
    differences[path] = kinds[difference.getKind()];
  });
  const paths = Object.keys(differences).sort();
  expect(response.getDiffsList()).toEqual(paths);
  expect(response.getReplacesList()).toEqual(
    paths.filter((path) => differences[path]?.endsWith("replaces")),
  );
  return differences;
}

describe("a difference of inputs", () => {
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
  it.each(cases)("finds %s", async (_what, state, news, expected) => {
    expect(await diff(state, news)).toEqual(expected);
  });

  it("replaces a CopyFile for any change", async () => {
    const type = "command:remote:CopyFile";
    expect(await diff({ remotePath: "/a" }, { remotePath: "/b" }, type)).toEqual({
      remotePath: "update, replaces",
    });
  });
});
