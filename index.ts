import "./src/compile-cache.ts";
import "./src/sdk-loading.ts";

// After the two above, which make them load faster.
const { readConfig } = await import("./src/config.ts");
const { deploy } = await import("./src/strategies/deploy.ts");

/** The stack's outputs: src/strategies/stack-outputs.ts describes them. */
export default await deploy(readConfig());
