export type Severity = "debug" | "info" | "warning" | "error";

/** What a running operation may use of the engine. */
export interface Operation {
  /** Aborted when the user cancels the deployment. */
  readonly signal: AbortSignal;
  /** How long the user lets it take; undefined for the type's own time. */
  readonly timeoutSeconds?: number | undefined;
  /** Shows a line beside the resource. A status line is gone once the next one is there. */
  log(severity: Severity, message: string, options?: { status: boolean }): void;
}
