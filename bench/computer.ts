import { cpus, totalmem } from "node:os";
import { execa } from "execa";

/** What figures depend on. */
export interface Computer {
  readonly processors: number;
  readonly processorModel: string;
  readonly memoryGiB: number;
  readonly nix: string;
  readonly node: string;
  readonly pulumi: string;
}

export async function describeComputer(): Promise<Computer> {
  const [nix, pulumi] = await Promise.all([
    execa("nix", ["--version"]),
    execa("pulumi", ["version"]),
  ]);
  return {
    processors: cpus().length,
    processorModel: cpus()[0]?.model ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    nix: nix.stdout.split(" ").at(-1) ?? "",
    node: process.versions.node,
    pulumi: pulumi.stdout.replace(/^v/, ""),
  };
}
