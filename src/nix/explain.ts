import { formatAttributePath } from "./attribute-path.ts";
import { NixError } from "./cli.ts";
import type { FlakeContext, Installable } from "./evaluate.ts";
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
