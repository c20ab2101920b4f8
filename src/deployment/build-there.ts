import { buildOnMachine } from "../building/on-machine.ts";
import { whileTelling } from "../while-telling.ts";
import type { CopyRequest } from "./copy-to-machine.ts";

/**
 * Has the machine build a store path from its derivation, in place of a copy.
 *
 * @param onLine gets a line now and then, each of which stays in the stack's state.
 */
export async function buildThere(
  outPath: string,
  drvPath: string,
  { nixOptions, ...machine }: CopyRequest,
  onLine: (line: string) => void,
): Promise<void> {
  let latest: string | undefined;
  const build = buildOnMachine({
    ...{ outPath, drvPath, nixOptions, machine, installable: outPath },
    onLine: (line) => {
      latest = line;
    },
  });
  await whileTelling(build, rarely(), () => {
    if (latest !== undefined) onLine(latest);
    latest = undefined;
  });
}

/** Seconds between lines. */
function* rarely(): Generator<number> {
  yield 2;
  for (;;) yield 15;
}
