import { stripVTControlCharacters } from "node:util";
import { ACTIVITY, type LogEvent, parseLogLine, RESULT } from "./log-event.ts";

/** How far a copy has come. */
export interface CopyProgress {
  /** How many store paths are to be copied. */
  readonly paths: number;
  /** Those that are wholly copied. */
  readonly copied: readonly string[];
  /** Undefined with an old Nix, such as 2.8, which does not tell them. */
  readonly bytes: { readonly done: number; readonly all: number } | undefined;
}

/** Follows one `nix copy`. */
export class CopyLog {
  readonly #words: string[] = [];
  readonly #underWay = new Map<number, string>();
  readonly #copied: string[] = [];
  readonly #bytesOf = new Map<number, number>();
  readonly #sizeOf = new Map<number, number>();
  #paths = 0;
  #bytes: number | undefined;

  /** Takes one line of stderr. */
  take(line: string): void {
    const event = parseLogLine(line);
    if (!event) this.#words.push(stripVTControlCharacters(line));
    else if (event.action === "start") this.#start(event);
    else if (event.action === "stop") this.#stop(event);
    else if (event.action === "result") this.#result(event);
    else if (event.level === 0) this.#words.push(stripVTControlCharacters(event.msg ?? ""));
  }

  /** Undefined before it is known what the other store lacks, and when it lacks nothing. */
  get progress(): CopyProgress | undefined {
    if (this.#paths === 0) return undefined;
    const done = [...this.#bytesOf.values()].reduce((sum, bytes) => sum + bytes, 0);
    return {
      paths: this.#paths,
      copied: this.#copied,
      bytes: this.#bytes === undefined ? undefined : { done, all: this.#bytes },
    };
  }

  /** What Nix and ssh said to the user. */
  get words(): string {
    return this.#words.join("\n");
  }

  #start({ id = 0, type, text = "", fields }: LogEvent): void {
    if (type === ACTIVITY.copyPath) this.#underWay.set(id, String(fields?.[0]));
    if (type !== ACTIVITY.copyPaths) return;
    this.#paths += Number(/^copying (\d+) paths/.exec(text)?.[1] ?? 0);
  }

  #stop({ id = 0 }: LogEvent): void {
    const path = this.#underWay.get(id);
    if (path === undefined) return;
    this.#underWay.delete(id);
    this.#copied.push(path);
    // The last bytes of a path are not reported.
    const size = this.#sizeOf.get(id);
    if (size !== undefined) this.#bytesOf.set(id, size);
  }

  #result({ id = 0, type, fields = [] }: LogEvent): void {
    if (type === RESULT.progress && this.#underWay.has(id)) {
      this.#bytesOf.set(id, Number(fields[0]));
      this.#sizeOf.set(id, Number(fields[1]));
    }
    if (type === RESULT.setExpected && fields[0] === ACTIVITY.copyPath) {
      this.#bytes = Number(fields[1]);
    }
  }
}
