import { createHash } from "node:crypto";

/** What a switch must know of a unit to tell it from what it becomes. */
export interface Unit {
  /** Stands for all settings whose change restarts the unit. */
  readonly essence: string;
  /** Stands for the settings whose change only reloads it. */
  readonly reloaded: string;
  /** What a switch does to the running unit when its essence changes. */
  readonly onChange: "restart" | "reload" | "keep" | "nothing";
  /** A switch leaves it running when the new system does not have it. */
  readonly outlivesRemoval: boolean;
  /**
   * The part of it that has a derivation of its own: the unit's file, or a drop-in to one that a
   * package brings. Undefined where a package brings all of it.
   */
  readonly made?: Unit | undefined;
}

/** Units by their names. */
export type Units = Readonly<Record<string, Unit>>;

/** What a switch does to the units that run, by their names. */
export interface UnitChanges {
  readonly restart: readonly string[];
  readonly reload: readonly string[];
  /** Changed, but left as they run until somebody restarts them. */
  readonly keep: readonly string[];
  readonly stop: readonly string[];
  /** Only the new system has them. */
  readonly added: readonly string[];
}

/**
 * Settings of [Unit] that a running unit takes over by itself: switch-to-configuration does not look
 * at them.
 */
const TAKEN_OVER = new Set([
  ...["AllowIsolate", "CollectMode", "Description", "Documentation", "IgnoreOnIsolate"],
  ...["OnFailure", "OnFailureJobMode", "OnSuccess", "RefuseManualStart", "RefuseManualStop"],
  ...["SourcePath", "StopWhenUnneeded"],
]);

const ONLY_RELOADS = new Set(["Unit X-Reload-Triggers", "Mount Options"]);

/** Compares the units of two systems by the rules of NixOS's switch-to-configuration. */
export function compareUnits(before: Units, after: Units): UnitChanges {
  const does = (change: Unit["onChange"]) =>
    Object.entries(after)
      .filter(([name, unit]) => before[name] && changeOf(before[name], unit) === change)
      .map(([name]) => name)
      .sort();
  return {
    restart: does("restart"),
    reload: does("reload"),
    keep: does("keep"),
    stop: Object.keys(before)
      .filter((name) => !(name in after) && !before[name]?.outlivesRemoval)
      .sort(),
    added: Object.keys(after)
      .filter((name) => !(name in before))
      .sort(),
  };
}

/** Reads a unit from its file and those of its drop-ins, in systemd's order. */
export function parseUnit(name: string, texts: readonly string[]): Unit {
  const settings = parseSettings(texts);
  const flag = (key: string, otherwise: boolean) => {
    const value = settings.get(key)?.at(-1);
    return value === undefined ? otherwise : ["1", "yes", "true", "on"].includes(value);
  };
  const counted = [...settings].filter(
    ([key]) => !(key.startsWith("Unit ") && TAKEN_OVER.has(key.slice(5))),
  );
  return {
    essence: digest(counted.filter(([key]) => !ONLY_RELOADS.has(key))),
    reloaded: digest(counted.filter(([key]) => ONLY_RELOADS.has(key))),
    onChange: onChange(name, flag),
    outlivesRemoval: !flag("Unit X-StopOnRemoval", true),
  };
}

function changeOf(before: Unit, after: Unit): Unit["onChange"] {
  if (before.essence !== after.essence) return after.onChange;
  return before.reloaded === after.reloaded ? "nothing" : "reload";
}

function onChange(
  name: string,
  flag: (key: string, otherwise: boolean) => boolean,
): Unit["onChange"] {
  if (/\.(target|slice|socket)$/.test(name)) return "nothing";
  if (name.endsWith(".mount"))
    return ["-.mount", "nix.mount"].includes(name) ? "reload" : "restart";
  if (flag("Service X-ReloadIfChanged", false)) return "reload";
  const isKept =
    !flag("Service X-RestartIfChanged", true) ||
    flag("Unit RefuseManualStop", false) ||
    flag("Unit X-OnlyManualStart", false);
  return isKept ? "keep" : "restart";
}

/** Each setting as SECTION KEY, with the values that it is given one after the other. */
function parseSettings(texts: readonly string[]): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  for (const text of texts) {
    let section = "";
    for (const line of text
      .replaceAll(/\\\n/g, " ")
      .split("\n")
      .map((each) => each.trim())) {
      const [, heading, key, value] = /^(?:\[(.+)\]|([^#;=][^=]*?)\s*=\s*(.*))$/.exec(line) ?? [];
      if (heading !== undefined) section = heading;
      else if (key !== undefined) {
        const name = `${section} ${key}`;
        settings.set(name, [...(settings.get(name) ?? []), value ?? ""]);
      }
    }
  }
  return settings;
}

function digest(settings: readonly (readonly [string, readonly string[]])[]): string {
  if (settings.length === 0) return "";
  const sorted = settings.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("base64").slice(0, 8);
}
