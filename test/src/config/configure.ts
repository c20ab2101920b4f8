import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { readConfig } from "../../../src/config.ts";

/** What the CLI hands over for a stack that sets nothing: the defaults of Pulumi.yaml. */
export const defaults = {
  strategy: "live",
  machines: "sandbox",
  count: "1",
  hosts: "[]",
  flake: ".",
  system: "",
  configuration: "live",
  bootstrapConfiguration: "bootstrap",
  imageConfiguration: "server",
  overrideInputs: "{}",
  values: "{}",
  nixOptions: "{}",
  build: "{}",
  privateKey: "",
  sshAgent: "false",
  secrets: "{}",
  authorizedKeys: "[]",
  substituteOnDestination: "false",
  compress: "false",
  keepGenerations: "3",
  activation: "{}",
  healthChecks: "[]",
  connectTimeoutSeconds: "60",
  diff: "short",
  diffFile: "",
  rollout: "{}",
  platform: "x86_64-linux",
  instanceType: "t3.micro",
  baseImage: "built",
  catalogRelease: "26.05",
  image: "",
  retainImages: "0",
  replaceMachines: "false",
  httpCidrs: '["0.0.0.0/0","::/0"]',
  sshCidrs: "[]",
  elasticIp: "false",
  rootVolumeGiB: "8",
  rootVolumeEncrypted: "true",
  dataVolume: "{}",
  importTimeoutMinutes: "120",
  forceDestroyBucket: "false",
};

type Changes = Partial<Record<keyof typeof defaults, string>>;

beforeEach(async () => {
  await pulumi.runtime.setMocks(
    { newResource: ({ inputs }) => ({ id: "", state: inputs }), call: () => ({}) },
    "iplz",
    "test",
  );
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Sets what differs from the defaults, as the CLI hands it over. */
export function configure(changes: Changes): void {
  const values = Object.entries({ ...defaults, ...changes });
  pulumi.runtime.setAllConfig(
    Object.fromEntries(values.map(([key, value]) => [`iplz:${key}`, value])),
  );
}

/** What is refused, a line for each. */
export function faults(changes: Changes): string[] {
  configure(changes);
  try {
    readConfig();
  } catch (error) {
    expect(error).toBeInstanceOf(pulumi.RunError);
    const lines = (error as Error).message.split("\n");
    expect(lines[0]).toBe("The configuration of stack test cannot be used:");
    expect(lines.at(-1)).toBe("Change a value with: pulumi config set iplz:KEY VALUE");
    return lines.slice(1, -1);
  }
  return [];
}

/** The same on AWS, in a region. */
export function faultsOnAws(changes: Changes): string[] {
  const before = process.env.AWS_REGION;
  process.env.AWS_REGION = "eu-central-1";
  try {
    return faults({ ...aws, ...changes });
  } finally {
    if (before === undefined) delete process.env.AWS_REGION;
    else process.env.AWS_REGION = before;
  }
}

export const aws = { machines: "aws", sshCidrs: '["192.0.2.7/32"]' };

export function withRegion(): void {
  pulumi.runtime.setConfig("aws:region", "eu-central-1");
}
