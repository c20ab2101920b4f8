import type { Config } from "../config.ts";
import { beginReport } from "../preview/report.ts";
import type { StackOutputs } from "./stack-outputs.ts";

/** Brings the stack's systems to its machines as its strategy does; what it does not need is not loaded. */
export async function deploy(config: Config): Promise<StackOutputs> {
  beginReport(config.diffFile);
  if (config.strategy === "image") return (await import("./image.ts")).deployImage(config);
  return (await import("./live.ts")).deployLive(config);
}
