import { commandSuite } from "./command.ts";
import type { Suite } from "./suite.ts";

/** With Go and its caches as setup compiles the plugin, so that nothing is compiled again. */
const inPlugin = (...command: readonly string[]): Suite => {
  const script = 'source sandbox/steps/plugins.bash; in_command_plugin "$@"';
  return commandSuite("bash", ["-euc", script, "bash", ...command]);
};

/** Lists the files that are not formatted, and fails where there are any. */
export const gofmt = inPlugin(
  ...["sh", "-euc", 'listed=$(gofmt -l .); echo "$listed"; [ -z "$listed" ]'],
);

export const goVet = inPlugin("go", "vet", "./...");
