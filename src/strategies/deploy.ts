import type { Config } from "../config.ts";
import { beginReport } from "../preview/report.ts";
import { deployImage } from "./image.ts";
import { deployLive } from "./live.ts";
import type { StackOutputs } from "./stack-outputs.ts";

/** Brings the stack's systems to its machines as its strategy does. */
export function deploy(config: Config): StackOutputs {
  beginReport(config.diffFile);
  return config.strategy === "image" ? deployImage(config) : deployLive(config);
}
