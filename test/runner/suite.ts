export interface Outcome {
  readonly passed: number;
  /** One line for each test that failed. */
  readonly failures: readonly string[];
}

/** Shows its output unless it is told not to; throws when it could not run at all. */
export type Suite = (
  suiteArguments: readonly string[],
  stdio?: "inherit" | "ignore",
) => Promise<Outcome>;
