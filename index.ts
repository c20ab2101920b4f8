import { readConfig } from "./src/config.ts";
import { deployLive } from "./src/strategies/live.ts";

const stack = deployLive(readConfig());

export const machines = stack.machines;
export const publicKey = stack.publicKey;
