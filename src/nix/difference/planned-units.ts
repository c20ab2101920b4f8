import { type Derivation, readDerivations } from "../derivations.ts";
import { storeNameOf } from "../store-path.ts";
import { compareMadeUnits } from "./made-units.ts";
import { parseUnit, type Unit, type UnitChanges, type Units } from "./units.ts";

/**
 * The text of a unit is in its derivation, so it is known before it is built. `system-units` is what
 * holds a NixOS system's units; of those of users and of the initial RAM disk no switch restarts any.
 */
export async function plannedUnits(
  derivations: readonly Derivation[],
  before: Units,
): Promise<UnitChanges | undefined> {
  const named = (name: string) =>
    derivations.find((each) => storeNameOf(each.drvPath) === `${name}.drv`);
  const holder = named("system-units") ?? named("etc");
  const inputs = holder?.inputs.map(({ drvPath }) => drvPath) ?? [];
  const paths = inputs.filter((path) => storeNameOf(path).startsWith("unit-"));
  if (paths.length === 0) return undefined;
  const units = (await readDerivations(paths)).map(madeUnit);
  if (units.some((unit) => unit === undefined)) return undefined;
  return compareMadeUnits(before, Object.fromEntries(units.filter((unit) => unit !== undefined)));
}

/** By its name, without a text if it is masked; undefined where the derivation does not say. */
function madeUnit({ drvPath, environment }: Derivation): [string, Unit | undefined] | undefined {
  const { buildCommand = "", text } = environment;
  const [, safeName = "", disabled] =
    /^unit-(.*?)(-disabled)?\.drv$/.exec(storeNameOf(drvPath)) ?? [];
  // A derivation's name may not hold an @, so nixpkgs leaves the unit's to the build.
  const escapedName = /^\s*name=(.+)$/m.exec(buildCommand)?.[1];
  const name = escapedName?.replaceAll("\\\\", "\\") ?? safeName;
  if (disabled) return [name, undefined];
  return text === undefined ? undefined : [name, parseUnit(name, [text])];
}
