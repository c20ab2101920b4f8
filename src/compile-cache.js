// @ts-check
import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import { onExit } from "signal-exit";
import { compileCacheFolder } from "./compile-cache-folder.js";

// Node.js keeps what it compiles, and TypeScript without its types, for the next run; in the folder of
// NODE_COMPILE_CACHE where that is set. Only what comes after this, so this is JavaScript: what takes the
// types away loads longer than all of it.
enableCompileCache(join(process.cwd(), compileCacheFolder));

// The engine ends a provider's process by a signal, after which Node.js would keep nothing.
onExit(() => flushCompileCache());
