import type { withConnection as connected } from "./connection.ts";

/** The same, which loads the SSH library only now: a preview connects to nobody, and the real plugin starts at once. */
export const withConnection: typeof connected = async (...args) =>
  (await import("./connection.ts")).withConnection(...args);
