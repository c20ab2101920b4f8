/** What Nix's `--log-format internal-json` writes on a line; only what matters here. */
export interface LogEvent {
  readonly action: "start" | "stop" | "result" | "msg";
  readonly id?: number;
  readonly type?: number;
  readonly level?: number;
  readonly msg?: string;
  readonly text?: string;
  readonly fields?: readonly (string | number)[];
}

// Numbers of Nix's ActivityType and ResultType (src/libutil/logging.hh).
export const ACTIVITY = { copyPath: 100, copyPaths: 103, builds: 104, build: 105 } as const;
export const RESULT = { buildLogLine: 101, progress: 105, setExpected: 106 } as const;

const PREFIX = "@nix ";

/** Whether the line is an event, and not what another program wrote between them. */
export function isLogEvent(line: string): boolean {
  return line.startsWith(PREFIX);
}

/** The event that a line of stderr tells; undefined when another program wrote it. */
export function parseLogLine(line: string): LogEvent | undefined {
  return isLogEvent(line) ? JSON.parse(line.slice(PREFIX.length)) : undefined;
}
