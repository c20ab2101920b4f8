import * as pulumi from "@pulumi/pulumi";
import type { Confirmation } from "./confirm.ts";

/** What is to be done around an activation to have it confirmed. */
export interface Confirming {
  readonly hooks: pulumi.ResourceHookBinding;
  /** To be called once the activation is made; a hook would be sent all that it is and was. */
  readonly end: () => void;
}

/**
 * Has an activation confirmed while it runs. The hooks are called in this process, and what they begin
 * needs no turn of the engine: it cannot starve, and it cannot be recorded apart from the activation.
 */
export function confirming(name: string, confirmation: pulumi.Output<Confirmation>): Confirming {
  let running: AbortController | undefined;
  let problem: Error | undefined;
  const begin = new pulumi.ResourceHook(`${name}-begins`, async () => {
    running?.abort();
    running = new AbortController();
    problem = undefined;
    const { signal } = running;
    const value = await known(confirmation);
    // Loaded while the activation starts: most runs have none.
    void import("./confirm.ts").then(({ confirmActivation }) =>
      confirmActivation(value, signal, (reason) => {
        problem = reason;
      }),
    );
  });
  const fail = new pulumi.ErrorHook(`${name}-fails`, async ({ name: activation }) => {
    running?.abort();
    if (problem) {
      await pulumi.log.warn(
        `What ${activation} needed for its confirmation failed: ${problem.message}`,
      );
    }
    return false;
  });
  return {
    hooks: { beforeCreate: [begin], beforeUpdate: [begin], onError: [fail] },
    end: () => running?.abort(),
  };
}

function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve as (value: unknown) => void);
  });
}
