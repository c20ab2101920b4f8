import { compareUnits, type Unit, type UnitChanges, type Units } from "./units.ts";

/** The made parts of a system's units, by the units' names; undefined for a unit that is masked. */
export type MadeUnits = Readonly<Record<string, Unit | undefined>>;

/**
 * Compares units with what derivations tell of those of a system that is not built: their made parts.
 * What packages bring is taken to stay as it is.
 */
export function compareMadeUnits(before: Units, made: MadeUnits): UnitChanges {
  const after = { ...before, ...made };
  const expected = Object.entries(after).flatMap(([name, unit]) => {
    const old = before[name];
    const becomes = old ? expectedUnit(old, made[name], name in made) : unit;
    return becomes ? [[name, becomes] as const] : [];
  });
  return compareUnits(before, Object.fromEntries(expected));
}

/** What a unit becomes when its made part becomes this; undefined when the unit goes. */
function expectedUnit(before: Unit, part: Unit | undefined, isInSystem: boolean): Unit | undefined {
  const { made: was } = before;
  if (!part) {
    if (isInSystem || (was && !isDropIn(before, was))) return undefined;
    return was ? { ...before, essence: `${before.essence} less ${was.essence}` } : before;
  }
  if (!was) return part;
  const become = (whole: string, old: string, now: string) =>
    old === now ? whole : `${whole} with ${now} for ${old}`;
  return {
    ...part,
    essence: become(before.essence, was.essence, part.essence),
    reloaded: become(before.reloaded, was.reloaded, part.reloaded),
    // What the part does not say, the package's file says as before.
    onChange: part.onChange === was.onChange ? before.onChange : part.onChange,
  };
}

function isDropIn(whole: Unit, made: Unit): boolean {
  return whole.essence !== made.essence;
}
