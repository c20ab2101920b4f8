import { existsSync } from "node:fs";
import { join } from "node:path";
import { formatAttributePath } from "./attribute-path.ts";
import { NixError, type NixFailure } from "./cli.ts";
import type { FlakeContext, Installable } from "./evaluate.ts";
import { gitCheckout } from "./flake-reference.ts";
import type { ImageForm } from "./image-info.ts";

/** The evaluator's answer for one attribute: see evaluator/flake.nix. */
export type Description =
  | {
      readonly kind: "derivation";
      readonly drv: string;
      readonly out: string;
      readonly outputs: readonly { readonly name: string; readonly path: string }[];
      readonly system: string;
      readonly imageSystem: string | null;
      readonly imageForm: ImageForm | null;
    }
  | {
      readonly kind: "missing";
      readonly missing: string;
      readonly after: readonly string[];
      readonly available: readonly string[];
    }
  | { readonly kind: "other"; readonly type: string };

/** What is wrong with an attribute that is not a derivation, and which names there are. */
export function explainAttribute(
  { flake, attribute }: Installable,
  description: Exclude<Description, { kind: "derivation" }> | undefined,
): NixError {
  const installable = `${flake}#${attribute}`;
  if (description?.kind === "missing") {
    const { missing, after, available } = description;
    const place = after.length ? formatAttributePath(after) : "the flake's outputs";
    const names = available.length
      ? `It has: ${available.join(", ")}. Name one of these.`
      : "It has no attributes at all. Name another output, or give the flake this one.";
    return new NixError(`${installable}: there is no ${missing} in ${place}. ${names}`);
  }
  return new NixError(
    `${installable} is a ${description?.type ?? "value"}, not a derivation, so it cannot be built. Name ` +
      "a package, or for a NixOS configuration its system: " +
      "nixosConfigurations.NAME.config.system.build.toplevel.",
  );
}

/** @throws {NixError} when the output is for another platform than the one asked for. */
export function refuseOtherPlatform(
  { flake, attribute, platform }: Installable,
  { system }: { readonly system: string },
): void {
  if (platform === undefined || system === platform) return;
  throw new NixError(
    `${flake}#${attribute} is for ${system}, but the machines are ${platform}. Change platform, or give ` +
      `the flake a NixOS configuration for it with -${platform} behind its name.`,
  );
}

/** @throws {NixError} when Nix warned that an override replaces no input. */
export function refuseUnusedOverrides({ flake }: FlakeContext, messages: readonly string[]): void {
  const unused = messages.flatMap(
    (line) => /--override-input target\/(\S+) .* does not match any input/.exec(line)?.[1] ?? [],
  );
  if (unused.length === 0) return;
  const advice = unused.includes("values")
    ? ' Values reach a flake through its input `values`: declare `inputs.values.follows = "";`.'
    : "";
  throw new NixError(
    `The flake ${flake} has no input named ${unused.join(", ")} to replace. Correct overrideInputs or ` +
      `declare the input in flake.nix.${advice}`,
  );
}

/**
 * Puts first what a user needs from a failed evaluation: the file and line in the working tree, the
 * reason, and for a file that Git does not track the command that adds it. Nix's own words follow.
 */
export function explainEvaluation(
  { flake }: FlakeContext,
  folder: string | undefined,
  { stderr, cause }: NixFailure,
): NixError {
  const words = stderr
    .split("\n")
    .filter((line) => !/^(warning: not writing modified lock|• | {2,}('|→|follows ))/.test(line))
    .join("\n")
    .trim();
  const untracked = folder === undefined ? undefined : untrackedFile(folder, words);
  const { place, message } = reason(folder, words);
  const [summary, remedy] = untracked ?? [
    `Evaluating the flake ${flake} failed${place && ` at ${place}`}: ${message}`,
    `Mend ${place || "what Nix says"}, then run it again.`,
  ];
  return new NixError(`${summary}\n\n${words}\n\n${remedy}`, { cause });
}

/** What is wrong, and what to do. */
function untrackedFile(folder: string, words: string): [string, string] | undefined {
  const checkout = gitCheckout(folder);
  const path =
    /'\/nix\/store\/[^/']+-source\/([^']+)'(?:: No such file| does not exist)/.exec(words)?.[1] ??
    /Path '([^']+)' in the repository .* is not tracked by Git/.exec(words)?.[1];
  if (!checkout || !path || !existsSync(join(checkout, path))) return undefined;
  return [
    `The flake cannot see ${join(checkout, path)}: the file is there, but Git does not track it, and a ` +
      "flake is what Git tracks.",
    `Run: git -C ${checkout} add --intent-to-add ${path}`,
  ];
}

/** What Nix says last, and the file and line that it says it of; an empty text for none. */
function reason(folder: string | undefined, words: string) {
  const from = Math.max(words.lastIndexOf("error: "), 0);
  const [message = ""] = words
    .slice(from)
    .replace(/^error: /, "")
    .split("\n");
  const place = /\bat (?:\/nix\/store\/[^/]+-source|«[^»]*»)\/(\S+?:\d+(?::\d+)?):?$/m.exec(
    words.slice(from),
  )?.[1];
  const file = place && folder ? join(gitCheckout(folder) ?? folder, place) : (place ?? "");
  return { place: file, message };
}
