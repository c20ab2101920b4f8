import "../src/compile-cache.js";
import { createHash } from "node:crypto";
import type * as dynamic from "@pulumi/pulumi/dynamic/index.js";
import { nameOf, SshError } from "../src/ssh/reasons.ts";
import type { SshTarget } from "../src/ssh/target.ts";
import {
  faultInValue,
  type SecretAttributes,
  secretAttributes,
  secretName,
} from "./secret-attributes.ts";
import { askMachine, type SecretRequest } from "./secret-requests.ts";
import { showStatus } from "./status.ts";
import { unknown } from "./unknown.ts";

interface Inputs extends SecretAttributes {
  readonly machineId: string;
  readonly target: SshTarget;
  readonly secretName: string;
  readonly value: string;
  readonly connectTimeoutSeconds: number;
}

interface Outputs extends Inputs {
  /** False when a refresh found the file gone or altered. */
  readonly isInPlace: boolean;
}

/** No failure holds what was given, since that may be a value in the wrong place. */
export async function check(
  _olds: Partial<Inputs>,
  news: Inputs,
): Promise<dynamic.CheckResult<Inputs & Pick<Outputs, "isInPlace">>> {
  const { owner, group, mode, restartUnits, persist } = news;
  const attributes = secretAttributes.safeParse({ owner, group, mode, restartUnits, persist });
  const name = secretName.safeParse(news.secretName);
  const fault = news.value === unknown ? undefined : faultInValue(news.value);
  const failures = [
    ...(attributes.error?.issues ?? []).map(({ path, message }) => ({
      property: String(path[0]),
      reason: message,
    })),
    ...(name.error?.issues ?? []).map(({ message }) => ({
      property: "secretName",
      reason: message,
    })),
    ...(fault === undefined ? [] : [{ property: "value", reason: fault }]),
  ];
  return { inputs: { ...news, isInPlace: true }, failures };
}

/** Another machine has none of this one's files; the old one, where it is still there, keeps none. */
export async function diff(_id: string, olds: Outputs, news: Inputs): Promise<dynamic.DiffResult> {
  const replaces = olds.machineId === news.machineId ? [] : ["machineId"];
  return {
    changes:
      replaces.length > 0 ||
      isAnotherFile(olds, news) ||
      !isSame(olds.target, news.target) ||
      !isSame(olds.restartUnits, news.restartUnits),
    replaces,
  };
}

export async function create(inputs: Inputs): Promise<Required<dynamic.CreateResult<Outputs>>> {
  return { id: `/run/secrets/${inputs.secretName}`, outs: await put(inputs) };
}

/** What only says how to get there, or what to restart another time, touches nothing on the machine. */
export async function update(
  _id: string,
  olds: Outputs,
  news: Inputs,
): Promise<dynamic.UpdateResult<Outputs>> {
  return { outs: isAnotherFile(olds, news) ? await put(news) : { ...news, isInPlace: true } };
}

/**
 * The machine computes the digest; content never comes back from it. What a machine has that is down
 * is not known: it puts its files back when it boots.
 */
export async function read(id: string, props: Outputs): Promise<dynamic.ReadResult<Outputs>> {
  try {
    const answer = await ask(props, "Looking for", { line: `check ${fileWords(props)}` }, false);
    const digest = createHash("sha256").update(props.value).digest("hex");
    const found = { ...props, isInPlace: answer === `found ${digest}` };
    return { id, props: found, inputs: found };
  } catch (error) {
    if (!isDown((error as Error).cause)) throw error;
    const { message } = (error as Error).cause as Error;
    showStatus(`${props.secretName} was not looked for: ${message}`);
    return { id, props };
  }
}

/** Apart from a machine that is another one or lets nobody in. */
function isDown(error: unknown): boolean {
  return error instanceof SshError && !error.isFinal;
}

async function remove(_id: string, props: Outputs): Promise<void> {
  await ask(props, "Removing", { line: `delete ${props.secretName}` });
}

export { remove as delete };

async function put(inputs: Inputs): Promise<Outputs> {
  const answer = await ask(inputs, "Placing", {
    line: `put ${fileWords(inputs)} ${Buffer.from(inputs.value).toString("base64")}`,
    restartUnits: inputs.restartUnits,
  });
  if (answer === "pending") {
    const { secretName: name, owner, group } = inputs;
    showStatus(`${name} is root's until the machine has user ${owner} and group ${group}`);
  }
  return { ...inputs, isInPlace: true };
}

/** @param isAwaited whether a machine that does not answer yet is waited for. */
async function ask(
  inputs: Inputs,
  doing: string,
  request: SecretRequest,
  isAwaited = true,
): Promise<string> {
  const { target, connectTimeoutSeconds, secretName: name } = inputs;
  return askMachine(target, connectTimeoutSeconds, isAwaited, request).catch((error: Error) => {
    throw new Error(
      `${doing} the secret ${name} on ${nameOf(target)} failed: ${error.message}\n` +
        "Mend it, then run `pulumi up` again.",
      { cause: error },
    );
  });
}

function fileWords(file: Inputs): string {
  const kind = file.persist ? "disk" : "memory";
  return [file.secretName, kind, file.owner, file.group, file.mode].join(" ");
}

function isAnotherFile(olds: Outputs, news: Inputs): boolean {
  return !olds.isInPlace || olds.value !== news.value || fileWords(olds) !== fileWords(news);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
