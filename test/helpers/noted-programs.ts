import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** Programs that do what they always do, and note it. */
export interface NotedPrograms extends AsyncDisposable {
  /** Finds them before all others. */
  readonly path: string;
  /** `begin PROGRAM WORD` and `end PROGRAM WORD` with the first argument, in order. */
  notes(): Promise<string[]>;
}

/** Puts itself before the programs of these names, until the end of `await using`. */
export async function noteRunsOf(...programs: readonly string[]): Promise<NotedPrograms> {
  const folder = await mkdtemp(join(tmpdir(), "noted-"));
  const notes = join(folder, "notes");
  const path = process.env.PATH ?? "";
  await writeFile(notes, "");
  for (const program of programs) {
    const script = [
      "#!/bin/sh",
      `echo "begin ${program} $1" >>'${notes}'`,
      // Where Go is by its own instructions, which is on no PATH.
      `PATH='${path}${delimiter}/usr/local/go/bin'`,
      `${program} "$@"`,
      "status=$?",
      `echo "end ${program} $1" >>'${notes}'`,
      "exit $status",
      "",
    ];
    await writeFile(join(folder, program), script.join("\n"), { mode: 0o755 });
  }
  return {
    path: `${folder}${delimiter}${path}`,
    notes: async () => (await readFile(notes, "utf8")).split("\n").filter(Boolean),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
