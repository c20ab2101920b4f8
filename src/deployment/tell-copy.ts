import { formatBytes, formatPart } from "../bytes.ts";
import { closureOf, sizeOf } from "../nix/closure.ts";
import type { CopyLog, CopyProgress } from "../nix/copy-log.ts";
import { whileTelling } from "../while-telling.ts";

/** By store path; where Nix tells no bytes, they give those of the paths that are copied. */
type Sizes = ReadonlyMap<string, number>;

/** Tells how far the copy of a store path has come, now and then while it lasts and at its end. */
export async function tellCopy<T>(
  storePath: string,
  copy: Promise<T>,
  log: Pick<CopyLog, "progress">,
  onLine: (line: string) => void,
): Promise<T> {
  let sizes: Sizes | undefined;
  let isAsked = false;
  let last: string | undefined;
  const tell = () => {
    if (!log.progress) return;
    const line = describeProgress(log.progress, sizes);
    if (line !== last) onLine(line);
    last = line;
    // Worth a process of its own only in a copy that takes long.
    if (log.progress.bytes || isAsked) return;
    isAsked = true;
    void sizesOf(storePath).then((read) => {
      sizes = read;
    });
  };
  const result = await whileTelling(copy, rarerAndRarer(), tell);
  if (log.progress) onLine(describeProgress(log.progress, sizes));
  return result;
}

/** `copied 12.3 of 45.6 MiB (7 of 20 paths)`, as far as it is known. */
export function describeProgress({ bytes, paths, copied }: CopyProgress, sizes?: Sizes): string {
  const count = `${copied.length} of ${paths} paths`;
  if (bytes) return `copied ${formatPart(bytes.done, bytes.all)} (${count})`;
  if (!sizes) return `copied ${count}`;
  return `copied ${formatBytes(sizeOf(copied.map((path) => ({ narSize: sizes.get(path) ?? 0 }))))} (${count})`;
}

async function sizesOf(storePath: string): Promise<Sizes> {
  // What a copy tells is not worth failing for.
  const closure = await closureOf(storePath).catch(() => []);
  return new Map(closure.map(({ path, narSize }) => [path, narSize]));
}

/** Seconds between lines, each of which stays in the stack's state. */
function* rarerAndRarer(): Generator<number> {
  for (let elapsed = 0; ; ) {
    const next = Math.min(30, Math.max(2, elapsed / 10));
    yield next;
    elapsed += next;
  }
}
