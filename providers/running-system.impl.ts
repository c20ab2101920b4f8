import "../src/compile-cache.js";
import { isDeepStrictEqual } from "node:util";
import type * as dynamic from "@pulumi/pulumi/dynamic/index.js";
import { askRunningSystem, driftOf } from "../src/ssh/running-system.ts";
import type { SshTarget } from "../src/ssh/target.ts";
import { log } from "./engine-log.ts";

interface Args {
  readonly machineName: string;
  readonly target: SshTarget;
  readonly stack: string;
  readonly watch: boolean;
  readonly outlivesStack: boolean;
}

interface Findings {
  readonly repairs: number;
  readonly drift: string;
}

/** Findings are among the inputs, so that a preview knows them. */
type State = Args & Findings;

/** To look at a machine is not worth a longer wait, least of all for many that are down. */
const timeoutSeconds = 10;

/** A drift that a refresh found becomes a repair more: in a preview as in the `up` that makes it. */
export async function check(
  { repairs = 0, drift = "" }: Partial<Findings>,
  news: Args,
): Promise<dynamic.CheckResult<State>> {
  return { inputs: { ...news, repairs: drift === "" ? repairs : repairs + 1, drift: "" } };
}

export async function diff(_id: string, olds: State, news: State): Promise<dynamic.DiffResult> {
  return { changes: !isDeepStrictEqual(plain(olds), plain(news)) };
}

export async function create(inputs: State): Promise<Required<dynamic.CreateResult<State>>> {
  return { id: inputs.machineName, outs: inputs };
}

export async function update(
  _id: string,
  _olds: State,
  news: State,
): Promise<dynamic.UpdateResult<State>> {
  return { outs: news };
}

/** A machine that cannot be asked is told of, and does not keep the others from being refreshed. */
export async function read(id: string, props: State): Promise<dynamic.ReadResult<State>> {
  if (!props.watch) return { id, props, inputs: props };
  const { machineName, stack } = props;
  try {
    const drift = driftOf(await askRunningSystem(props.target, timeoutSeconds), stack);
    if (drift !== undefined) await warn(`${machineName} has drifted: ${drift}.`);
    const found = { ...props, drift: drift ?? "" };
    return { id, props: found, inputs: found };
  } catch (error) {
    await warn(`${machineName} could not be asked what it runs. ${(error as Error).message}`);
    return { id, props, inputs: props };
  }
}

/** Nothing is done to the machine: it runs what it ran. */
async function remove(_id: string, { machineName, target, outlivesStack }: State): Promise<void> {
  if (!outlivesStack) return;
  const state = await askRunningSystem(target, timeoutSeconds).then(
    ({ running }) => `keeps running ${running}.`,
    (error: Error) => `is left as it is. It could not be asked what it runs. ${error.message}`,
  );
  await log({
    severity: "INFO",
    message: `${machineName} is no longer this stack's, and ${state}`,
  });
}

export { remove as delete };

/** Without what the engine adds. */
function plain({ machineName, target, stack, watch, outlivesStack, repairs, drift }: State): State {
  return { machineName, target, stack, watch, outlivesStack, repairs, drift };
}

function warn(message: string): Promise<void> {
  return log({ severity: "WARNING", message });
}
