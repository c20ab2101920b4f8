import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { dotOf, svgOf } from "./picture.ts";
import { readResourceGraph } from "./resource-graph.ts";

test.each(["local", "dev", "prod"])(
  "the picture of stack %s is drawn from its graph",
  async (name) => {
    const dot = await readFile(`docs/graphs/${name}.dot`, "utf8");
    expect(await svgOf(dot)).toBe(await readFile(`docs/graphs/${name}.svg`, "utf8"));
  },
);

test("a picture has frames for components, a box for those alike, and no implied arrow", () => {
  const urn = (words: string) => `urn:pulumi:a-stack::iplz::${words}`;
  const dot = dotOf(
    readResourceGraph(`strict digraph {
    Resource0 [label="${urn("pulumi:pulumi:Stack::iplz-a-stack")}"];
    Resource1 [label="${urn("pulumi:providers:aws::default_7_48_0")}"];
    Resource2 [label="${urn("dynamic/nix:Build::system")}"];
    Resource2 -> Resource0 [color = "parent"];
    Resource2 -> Resource4 [color = "dependency", label = "create"];
    Resource2 -> Resource5 [color = "dependency", label = "create"];
    Resource3 [label="${urn("nixos:deployment:Deployment::machine-1")}"];
    Resource3 -> Resource0 [color = "parent"];
    Resource4 [label="${urn("nixos:deployment:Deployment$command:local:Command::copy")}"];
    Resource4 -> Resource3 [color = "parent"];
    Resource4 -> Resource5 [color = "dependency"];
    Resource5 [label="${urn("nixos:deployment:Deployment$command:remote:Command::activation")}"];
    Resource5 -> Resource3 [color = "parent"];
    Resource6 [label="${urn("aws:vpc/rule:Rule::two")}"];
    Resource7 [label="${urn("aws:vpc/rule:Rule::one")}"];
}`),
  );
  expect(dot.split("\n").slice(4)).toEqual([
    '  "Build system" [label="Build\\nsystem"]',
    '  "Rule one" [label="Rule\\none\\ntwo"]',
    '  subgraph "cluster Deployment machine-1" {',
    '    label="Deployment machine-1"',
    '    "Command activation" [label="Command\\nactivation"]',
    '    "Command copy" [label="Command\\ncopy"]',
    "  }",
    '  "Build system" -> "Command copy"',
    '  "Command copy" -> "Command activation"',
    "}",
    "",
  ]);
});
