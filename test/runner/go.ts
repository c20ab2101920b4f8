import { join } from "node:path";
import { commandSuite } from "./command.ts";
import type { Suite } from "./suite.ts";

/** Go and its caches as setup compiles the plugin with, so that nothing is compiled again. */
const inPlugin = (home: string, ...command: [string, ...string[]]): Suite => {
  const [file, ...words] = command;
  const caches = join(home, "cache/command-plugin");
  return commandSuite(file, words, {
    cwd: "sandbox/plugins/command",
    env: {
      PATH: `${process.env.PATH}:/usr/local/go/bin`,
      GOMODCACHE: join(caches, "modules"),
      GOCACHE: join(caches, "build"),
      ...{ GOFLAGS: "-modcacherw", GOTOOLCHAIN: "local", GOWORK: "off", CGO_ENABLED: "0" },
    },
  });
};

/** Lists the files that are not formatted, and fails where there are any. */
export const gofmt = (home: string): Suite =>
  inPlugin(home, "sh", "-euc", 'listed=$(gofmt -l .); echo "$listed"; [ -z "$listed" ]');

export const goVet = (home: string): Suite =>
  inPlugin(home, "go", "vet", "-trimpath", "-gcflags", "all=-dwarf=false -l", "./...");
