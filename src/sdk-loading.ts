import { createRequire } from "node:module";

/**
 * Packages that @pulumi/pulumi loads in every program and needs only to turn functions into text or into
 * archives: the TypeScript compiler and npm's own tree reader, more than half of its loading time.
 */
const seldomUsed = ["typescript", "@npmcli/arborist", "normalize-package-data"];

const require = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi"));

// Each loads itself when something of it is used, so nothing that the SDK can do is lost.
for (const name of seldomUsed) {
  const path = require.resolve(name);
  if (!require.cache[path]) require.cache[path] = moduleThatLoadsLater(path);
}

// The SDK keeps a stack for each promise, and the runner has each looked up in source maps, which takes a
// tenth of a program's time. They are for the SDK's own sources only: the program's have no other.
Reflect.deleteProperty(Error, "prepareStackTrace");

function moduleThatLoadsLater(path: string): NodeJS.Module {
  let loaded: object | undefined;
  const load = (): object => {
    if (!loaded) {
      delete require.cache[path];
      loaded = require(path) as object;
    }
    return loaded;
  };
  const exports = new Proxy(
    {},
    {
      get: (_, key) => {
        // The SDK asks for this one while it loads, and for `default` of a module that says yes.
        if (key === "__esModule") return true;
        return key === "default" ? load() : Reflect.get(load(), key);
      },
      has: (_, key) => Reflect.has(load(), key),
      ownKeys: () => Reflect.ownKeys(load()),
      getOwnPropertyDescriptor: (_, key) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(load(), key);
        return descriptor && { ...descriptor, configurable: true };
      },
    },
  );
  return { ...new (require("node:module"))(path), exports, loaded: true };
}
