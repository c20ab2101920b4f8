import "../src/sdk-loading.ts";
// The SDK's own; it takes the engine's address from the command line.
import "@pulumi/pulumi/cmd/dynamic-provider/index.js";
