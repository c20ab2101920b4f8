export interface Outcome {
  readonly passed: number;
  /** One line for each test that failed. */
  readonly failures: readonly string[];
}

/** Runs with its output on the terminal; throws when it could not run at all. */
export type Suite = (suiteArguments: readonly string[]) => Promise<Outcome>;
