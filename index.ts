import "./src/secret-free-debugging.ts";
import { readConfig } from "./src/config.ts";
import { deploy } from "./src/strategies/deploy.ts";

/** The stack's outputs: src/strategies/stack-outputs.ts describes them. */
export default await deploy(readConfig());
