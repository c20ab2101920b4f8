import "./compile-cache.js";
import { createRequire } from "node:module";

/**
 * What @pulumi/pulumi loads in every process and uses in few, three quarters of all that it loads: what
 * makes text or archives of functions, with the TypeScript compiler and npm's own tree reader; what runs
 * another Pulumi; what traces.
 */
const seldomUsed = [
  "./runtime/closure/serializeClosure.js",
  "./runtime/closure/codePaths.js",
  "./automation/index.js",
  "@opentelemetry/exporter-zipkin",
  "@opentelemetry/instrumentation",
  "@opentelemetry/instrumentation-grpc",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace-base",
  "@opentelemetry/sdk-trace-node",
  "js-yaml",
  "semver",
];

type Exports = Record<string | symbol, unknown>;

const require = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi"));

// Each loads itself when something of it is used, so nothing that the SDK can do is lost.
for (const name of seldomUsed) standIn(name);

// The SDK starts this one in every program, for functions to be made text of. It sets a flag of V8, after
// which nothing fits that was compiled without, and has V8 tell of each module.
standIn("./runtime/closure/v8Hooks.js", { isInitializedAsync: async () => {} });

// The SDK tells how it runs a program, and each call to the engine, to a tracer that there mostly is not.
const span = { setAttribute() {}, addEvent() {}, end() {} };
standIn("./cmd/run/tracing.js", { newSpan: () => span });
standIn("@opentelemetry/api", { context: { active() {} }, propagation: { inject() {} } });

// The SDK keeps a stack for each promise and has each looked up in source maps, which takes a tenth of a
// program's time. They are for the SDK's own sources only: the program's have no other.
put(require.resolve("source-map-support/register"), {});

/** @param meanwhile functions that are called for nothing until another one is used; of objects, too. */
function standIn(name: string, meanwhile: Exports = {}): void {
  const path = require.resolve(name);
  let loaded: Exports | undefined;
  const load = (): Exports => {
    if (!loaded) {
      delete require.cache[path];
      loaded = require(path) as Exports;
    }
    return loaded;
  };
  const traps: ProxyHandler<Exports> = {
    get: (_, key) => {
      if (loaded) return key === "default" ? (loaded.default ?? loaded) : loaded[key];
      // What loads a module asks for this one, and for `default` of a module that says yes.
      if (key === "__esModule") return true;
      if (key === "then" || typeof key === "symbol") return undefined;
      const idle = meanwhile[key];
      if (typeof idle === "function") return idle;
      return memberOf(
        () => (key === "default" ? load() : load()[key]),
        (name) => (loaded ? undefined : (idle as Exports | undefined)?.[name]),
      );
    },
    has: (_, key) => Reflect.has(load(), key),
    ownKeys: () => Reflect.ownKeys(load()),
    getOwnPropertyDescriptor: (_, key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(load(), key);
      return descriptor && { ...descriptor, configurable: true };
    },
  };
  put(path, new Proxy({}, traps));
}

/**
 * A function, class or object that is found when it is used; modules keep what they take of others.
 *
 * @param idle a member of it that will do without.
 */
function memberOf(find: () => unknown, idle: (name: string | symbol) => unknown): unknown {
  const member = find as () => (...args: unknown[]) => unknown;
  return new Proxy(function StandIn() {}, {
    apply: (_, self, args) => Reflect.apply(member(), self, args),
    construct: (_, args) => Reflect.construct(member(), args),
    get: (_, key) => idle(key) ?? Reflect.get(member(), key),
    has: (_, key) => Reflect.has(member(), key),
  });
}

function put(path: string, exports: object): void {
  if (require.cache[path]) return;
  require.cache[path] = { ...new (require("node:module"))(path), exports, loaded: true };
}
