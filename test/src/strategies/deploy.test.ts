import * as pulumi from "@pulumi/pulumi";
import { expect, test, vi } from "vitest";
import type { Config } from "../../../src/config.ts";

const order: string[] = [];

vi.mock("../../../src/strategies/live.ts", () => {
  order.push("the rest is loaded");
  return { deployLive: async () => ({ machines: [] }) };
});

test("the first dynamic resource is registered before all else is loaded", async () => {
  await pulumi.runtime.setMocks({
    call: () => ({}),
    newResource: ({ type, inputs }) => {
      order.push(type);
      return { id: "id", state: inputs };
    },
  });
  const { deploy } = await import("../../../src/strategies/deploy.ts");
  await deploy({ strategy: "live", sshAgent: false, diffFile: "" } as Config);
  expect(order).toEqual(["pulumi-nodejs:dynamic/ssh:Key", "the rest is loaded"]);
});
