import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { execa } from "execa";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readConfig } from "../../src/config.ts";

/** What the demo gives a stack on the sandbox's AWS to deploy with, and the stack's own file. */
async function demoConfig(stack: string) {
  const home = await mkdtemp(join(tmpdir(), "demo-"));
  try {
    for (const file of ["Pulumi.yaml", "Pulumi.local.yaml", `Pulumi.${stack}.yaml`])
      await cp(file, join(home, file));
    const local = join(home, "Pulumi.local.yaml");
    await execa("sh", ["-c", `echo '  iplz:count: 3' >>"$0"`, local]);
    await execa("node", [resolve("sandbox/demo-config.ts"), stack], {
      cwd: home,
      env: { SANDBOX_HOME: home },
    });
    const [made, own] = await Promise.all(
      [join(home, "demo", `Pulumi.${stack}.yaml`), `Pulumi.${stack}.yaml`].map(async (file) =>
        parse(await readFile(file, "utf8")),
      ),
    );
    return { made: made.config as object, own: own.config as object };
  } finally {
    await rm(home, { recursive: true });
  }
}

/** As the CLI hands a stack's configuration over: the defaults of Pulumi.yaml under the stack's own. */
async function configure(stackConfig: object): Promise<void> {
  const { name, config } = parse(await readFile("Pulumi.yaml", "utf8"));
  const defaults = Object.entries<{ default: unknown }>(config).map(([key, { default: value }]) => [
    `${name}:${key}`,
    value,
  ]);
  const values = Object.entries({ ...Object.fromEntries(defaults), ...stackConfig });
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      values.map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
  );
}

test.each([
  ["dev", ["iplz:overrideInputs", "iplz:sshCidrs"]],
  ["prod", ["iplz:overrideInputs"]],
])(
  "stack %s is deployed as its own file says, with what the sandbox adds",
  async (stack, added) => {
    const { made, own } = await demoConfig(stack);
    expect(made).toMatchObject(own);
    expect(Object.keys(made).filter((key) => !(key in own))).toEqual(added);
    await pulumi.runtime.setMocks(
      { newResource: ({ inputs }) => ({ id: "", state: inputs }), call: () => ({}) },
      "iplz",
      stack,
    );
    await configure(made);
    expect(readConfig().machines).toBe("aws");
  },
);
