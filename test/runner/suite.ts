export interface Outcome {
  readonly passed: number;
  /** For each test that failed its name, and below it what it said, where that is known. */
  readonly failures: readonly string[];
}

/** Shows its output unless it is told not to; throws when it could not run at all. */
export type Suite = (
  suiteArguments: readonly string[],
  stdio?: "inherit" | "ignore",
) => Promise<Outcome>;
