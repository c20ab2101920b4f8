import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** Programs that do what they always do, and are seen doing it. */
export interface WatchedPrograms extends AsyncDisposable {
  /** Finds them before all others. */
  readonly path: string;
  /** Their command lines since the last time, in order; with ends also `end of COMMAND LINE` of each. */
  read(): Promise<string[]>;
}

/**
 * Puts itself before the programs of these names, until the end of `await using`.
 *
 * @param withEnds tells the ends as well; each is then a process more, which its signals do not reach.
 */
export async function watchPrograms(
  programs: readonly string[],
  { withEnds = false } = {},
): Promise<WatchedPrograms> {
  const folder = await mkdtemp(join(tmpdir(), "watched-"));
  const log = join(folder, "log");
  const path = `${folder}${delimiter}${process.env.PATH}`;
  // Where Go is by its own instructions, which is on no PATH.
  const real = `${process.env.PATH}${delimiter}/usr/local/go/bin`;
  await writeFile(log, "");
  for (const program of programs) {
    const script = [
      "#!/bin/sh",
      // One write for each, since they start side by side.
      `words=$(echo "${program} $*" | tr '\\n' ' ')`,
      `echo "$words" >>'${log}'`,
      `real=$(PATH='${real}' command -v ${program}) || exit 127`,
      ...(withEnds
        ? ['"$real" "$@"', "status=$?", `echo "end of $words" >>'${log}'`, "exit $status"]
        : ['exec "$real" "$@"']),
      "",
    ];
    await writeFile(join(folder, program), script.join("\n"), { mode: 0o755 });
  }
  return {
    path,
    async read() {
      const lines = (await readFile(log, "utf8")).split("\n").map((line) => line.trim());
      await writeFile(log, "");
      return lines.filter(Boolean);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
