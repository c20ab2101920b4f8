import { registerHooks } from "node:module";

// zod loads what it says in each of its sixty languages, more than half of its modules. It sets English by
// itself, and the program has no other.
registerHooks({
  resolve(specifier, context, nextResolve) {
    const isOfAll = specifier === "../locales/index.js" && context.parentURL?.includes("/zod/");
    return nextResolve(isOfAll ? "../locales/en.js" : specifier, context);
  },
});
