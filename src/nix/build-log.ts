import { stripVTControlCharacters } from "node:util";
import { ACTIVITY, type LogEvent, parseLogLine, RESULT } from "./log-event.ts";
import { derivationNameOf } from "./store-path.ts";

const LAST_LINES = 20;

/** Follows one `nix build`: tells what happens as it happens, and keeps what a failure needs. */
export class BuildLog {
  readonly #onLine: (line: string) => void;
  readonly #derivations = new Map<number, string>();
  readonly #lastLines = new Map<string, string[]>();
  readonly #errors: string[] = [];
  #buildsId: number | undefined;
  #done = 0;
  #expected = 0;

  /** @param onLine gets one line per derivation that is started, and per line of its log. */
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Takes one line of Nix's stderr. */
  take(line: string): void {
    const event = parseLogLine(line);
    if (!event) {
      if (line.startsWith("error:")) this.#errors.push(line);
    } else if (event.action === "start") this.#start(event);
    else if (event.action === "result") this.#result(event);
    else if (event.action === "msg" && event.level === 0) this.#error(event.msg ?? "");
  }

  /** Tells that what was to be built is, if there was anything. */
  end(): void {
    const { size } = this.#derivations;
    if (size > 0) this.#onLine(`built ${size} derivation${size === 1 ? "" : "s"}`);
  }

  /** The derivation whose build failed, if one did. */
  get failedDerivation(): string | undefined {
    const named = this.#errors.flatMap((error) => error.match(/\/nix\/store\/[^'\s]+\.drv/g) ?? []);
    return named.find((path) => this.#lastLines.has(path)) ?? named[0];
  }

  /** The last lines that a derivation's builder wrote. */
  lastLines(drvPath: string): readonly string[] {
    return this.#lastLines.get(drvPath) ?? [];
  }

  /** Nix's own error messages. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  #start({ id = 0, type, fields }: LogEvent): void {
    if (type === ACTIVITY.builds) this.#buildsId = id;
    if (type !== ACTIVITY.build) return;
    const drvPath = String(fields?.[0]);
    this.#derivations.set(id, drvPath);
    this.#lastLines.set(drvPath, []);
    const builder = fields?.[1] ? ` on ${String(fields[1]).replace(/^[a-z-]+:\/\//, "")}` : "";
    this.#onLine(
      `building ${derivationNameOf(drvPath)} (${this.#done + 1} of ${this.#expected})${builder}`,
    );
  }

  #result({ id = 0, type, fields = [] }: LogEvent): void {
    if (type === RESULT.progress && id === this.#buildsId) {
      [this.#done, this.#expected] = [Number(fields[0]), Number(fields[1])];
    }
    const drvPath = this.#derivations.get(id);
    if (type !== RESULT.buildLogLine || drvPath === undefined) return;
    const line = stripVTControlCharacters(String(fields[0]));
    const lines = this.#lastLines.get(drvPath) ?? [];
    lines.push(line);
    if (lines.length > LAST_LINES) lines.shift();
    this.#onLine(`${derivationNameOf(drvPath)}> ${line}`);
  }

  #error(message: string): void {
    this.#errors.push(stripVTControlCharacters(message));
  }
}
