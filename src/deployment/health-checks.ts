import pRetry from "p-retry";
import type { HealthCheckConfig } from "../config/health-checks.ts";
import type { SshConnection } from "../ssh/connection.ts";
import { shellQuote } from "../ssh/shell-quote.ts";

/** A machine to check. */
export interface CheckedMachine {
  readonly address: string;
  /** Runs a script as root. */
  runAsRoot(script: string): ReturnType<SshConnection["run"]>;
}

/** A health check that did not hold within its time: which one, and what it got. */
export class HealthCheckError extends Error {
  override name = "HealthCheckError";
}

/**
 * Makes all checks side by side, each again and again until it holds.
 *
 * @throws {HealthCheckError} for the first one whose time is over.
 */
export async function checkHealth(
  machine: CheckedMachine,
  checks: readonly HealthCheckConfig[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(checks.map((check) => untilItHolds(machine, check, signal)));
}

async function untilItHolds(
  machine: CheckedMachine,
  check: HealthCheckConfig,
  signal: AbortSignal,
): Promise<void> {
  const ends = performance.now() + check.timeoutSeconds * 1000;
  let reason: Error | undefined;
  const attempt = async () => {
    try {
      await checkOnce(machine, check, Math.max(1, Math.ceil(ends - performance.now())));
    } catch (error) {
      // One that was cut short by the end of the time tells less than the one before it.
      if (reason === undefined || performance.now() < ends) reason = error as Error;
      throw reason;
    }
  };
  try {
    await pRetry(attempt, {
      retries: Number.POSITIVE_INFINITY,
      maxRetryTime: check.timeoutSeconds * 1000,
      minTimeout: 100,
      maxTimeout: 1000,
      factor: 1.5,
      signal,
    });
  } catch (error) {
    throw new HealthCheckError(
      `the health check ${nameOf(check)} did not hold within ${check.timeoutSeconds} s: ` +
        `${(error as Error).message}.`,
      { cause: error },
    );
  }
}

function nameOf(check: HealthCheckConfig): string {
  if ("path" in check) return `GET :${check.port}${check.path}`;
  return "command" in check ? `\`${check.command}\`` : check.unit;
}

function checkOnce(machine: CheckedMachine, check: HealthCheckConfig, milliseconds: number) {
  if ("path" in check) return checkHttp(machine.address, check, milliseconds);
  return "command" in check
    ? checkCommand(machine, check.command, milliseconds)
    : checkUnit(machine, check.unit);
}

type HttpCheck = Extract<HealthCheckConfig, { readonly path: string }>;

async function checkHttp(address: string, check: HttpCheck, milliseconds: number): Promise<void> {
  const host = address.includes(":") ? `[${address}]` : address;
  const response = await fetch(`http://${host}:${check.port}${check.path}`, {
    redirect: "manual",
    signal: AbortSignal.timeout(Math.min(milliseconds, 10_000)),
  }).catch((error: Error) => {
    // What fetch itself says is no more than "fetch failed".
    throw new Error(`no answer (${(error.cause as Error | undefined)?.message ?? error.message})`);
  });
  const body = await response.text();
  if (response.status !== check.status) {
    throw new Error(`the status is ${response.status}, not ${check.status}`);
  }
  if (check.bodyPattern !== undefined && !new RegExp(check.bodyPattern, "m").test(body)) {
    throw new Error(
      `the body does not match /${check.bodyPattern}/: ${JSON.stringify(body.slice(0, 200))}`,
    );
  }
}

async function checkCommand(
  machine: CheckedMachine,
  command: string,
  milliseconds: number,
): Promise<void> {
  const seconds = Math.ceil(milliseconds / 1000);
  const { exitCode, stdout, stderr } = await machine.runAsRoot(
    `exec timeout ${seconds} sh -c ${shellQuote(command)} </dev/null\n`,
  );
  if (exitCode === 0) return;
  const printed = `${stdout}${stderr}`.trim().slice(-500);
  throw new Error(
    exitCode === undefined
      ? "the connection was lost"
      : `the exit status is ${exitCode}${printed && `, and it printed ${JSON.stringify(printed)}`}`,
  );
}

async function checkUnit(machine: CheckedMachine, unit: string): Promise<void> {
  const { stdout } = await machine.runAsRoot(
    `systemctl show --property ActiveState --value -- ${shellQuote(unit)}\n`,
  );
  const state = stdout.trim();
  if (state !== "active") throw new Error(`it is ${state || "unknown"}, not active`);
}
