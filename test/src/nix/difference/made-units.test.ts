import { expect, test } from "vitest";
import { compareMadeUnits } from "../../../../src/nix/difference/made-units.ts";
import { parseUnit, type Unit } from "../../../../src/nix/difference/units.ts";

const unit = (...texts: string[]) => parseUnit("a.service", texts);
const of = (text: string): Unit => ({ ...unit(text), made: unit(text) });
const dropIn = (base: string, text: string): Unit => ({ ...unit(base, text), made: unit(text) });

const base = "[Service]\nExecStart=/x\n";
const keptBase = "[Unit]\nRefuseManualStop=yes\n[Service]\nExecStart=/x\n";
const user = "[Service]\nUser=a\n";
const otherUser = "[Service]\nUser=b\n";
const keptUser = "[Service]\nX-RestartIfChanged=false\nUser=b\n";

test.each<[string, Unit | undefined, Unit | undefined, string[]]>([
  ["the unit's own file stays", of(base), unit(base), []],
  ["the unit's own file changes", of(base), unit(user), ["restart"]],
  ["a drop-in stays", dropIn(base, user), unit(user), []],
  ["a drop-in changes", dropIn(base, user), unit(otherUser), ["restart"]],
  [
    "a drop-in changes, and the package keeps it",
    dropIn(keptBase, user),
    unit(otherUser),
    ["keep"],
  ],
  ["a drop-in changes, and keeps it itself", dropIn(base, user), unit(keptUser), ["keep"]],
  ["a drop-in comes to a package's unit", unit(base), unit(user), ["restart"]],
  ["a package's unit has none", unit(base), undefined, []],
  ["a state of an older version has it", unit(base), unit(base), []],
  ["it is new", undefined, unit(base), ["added"]],
])("%s", (_, before, made, changes) => {
  const units = compareMadeUnits(
    before ? { "a.service": before } : {},
    made ? { "a.service": made } : {},
  );
  expect(Object.keys(units).filter((key) => units[key as keyof typeof units].length > 0)).toEqual(
    changes,
  );
});

test("a unit whose derivation is gone stops, one that loses a drop-in restarts", () => {
  const before = { "own.service": of(base), "dropped.service": dropIn(base, user) };
  expect(compareMadeUnits(before, {})).toMatchObject({
    stop: ["own.service"],
    restart: ["dropped.service"],
  });
});

test("a unit that is masked stops, whoever brings it", () => {
  const before = { "own.service": of(base), "packaged.service": unit(base) };
  const masked = {
    "own.service": undefined,
    "packaged.service": undefined,
    "new.service": undefined,
  };
  expect(compareMadeUnits(before, masked)).toEqual({
    ...{ stop: ["own.service", "packaged.service"], restart: [], reload: [], keep: [], added: [] },
  });
});
