import "./src/secret-free-debugging.ts";
import "./src/zod-in-english.ts";
import { startEarly } from "./src/early-plugin.ts";

// Of dynamic resources, which every stack has.
await startEarly("pulumi-nodejs");
const { readConfig } = await import("./src/config.ts");
const { deploy } = await import("./src/strategies/deploy.ts");

/** The stack's outputs: src/strategies/stack-outputs.ts describes them. */
export default await deploy(readConfig());
