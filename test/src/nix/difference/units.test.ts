import { expect, test } from "vitest";
import { compareUnits, parseUnit } from "../../../../src/nix/difference/units.ts";

/** What a switch does to a unit of which one text becomes the other. */
function changeOf(name: string, before: string, after: string): string[] {
  const changes = compareUnits(
    { [name]: parseUnit(name, [before]) },
    { [name]: parseUnit(name, [after]) },
  );
  return Object.entries(changes)
    .filter(([, names]) => names.includes(name))
    .map(([change]) => change);
}

const service = (settings: string) => `[Unit]\nAfter=network.target\n[Service]\n${settings}\n`;
const program = (marker: string, version: number) => service(`${marker}ExecStart=/x ${version}`);

test.each([
  ["a.service", "", ["restart"]],
  ["a.service", "X-StopIfChanged=false\n", ["restart"]],
  ["a.service", "X-ReloadIfChanged=true\n", ["reload"]],
  ["a.service", "X-RestartIfChanged=false\n", ["keep"]],
  ["a.service", "[Unit]\nRefuseManualStop=yes\n[Service]\n", ["keep"]],
  ["a.service", "[Unit]\nX-OnlyManualStart=1\n[Service]\n", ["keep"]],
  ["a@.service", "", ["restart"]],
  ["a.timer", "", ["restart"]],
  ["a.path", "", ["restart"]],
  ["a.socket", "", []],
  ["a.slice", "", []],
  ["multi-user.target", "", []],
  ["data.mount", "", ["restart"]],
  ["-.mount", "", ["reload"]],
  ["nix.mount", "", ["reload"]],
])("a switch does with a changed %s marked %j: %j", (name, marker, changes) => {
  expect(changeOf(name, program(marker, 1), program(marker, 2))).toEqual(changes);
});

test.each([
  ["what is the same", service("ExecStart=/x"), service("ExecStart=/x"), []],
  ["a comment", service("ExecStart=/x"), service("# why\n; or not\nExecStart = /x"), []],
  ["a description", "[Unit]\nDescription=a", "[Unit]\nDescription=b", []],
  [
    "a description where there was none",
    "[Service]\nExecStart=/x",
    "[Unit]\nDescription=b\n[Service]\nExecStart=/x",
    [],
  ],
  [
    "a description of the service, which is none",
    service("Description=a"),
    service("Description=b"),
    ["restart"],
  ],
  ["a setting more", service(""), service("User=a"), ["restart"]],
  ["a setting less", service("User=a"), service(""), ["restart"]],
  [
    "the order of one setting's values",
    service("ExecStart=/a\nExecStart=/b"),
    service("ExecStart=/b\nExecStart=/a"),
    ["restart"],
  ],
  ["the order of settings", service("User=a\nGroup=b"), service("Group=b\nUser=a"), []],
  ["a continued line", service("ExecStart=/a \\\n b"), service("ExecStart=/a   b"), []],
  ["reload triggers", "[Unit]\nX-Reload-Triggers=/a", "[Unit]\nX-Reload-Triggers=/b", ["reload"]],
  [
    "restart triggers",
    "[Unit]\nX-Restart-Triggers=/a",
    "[Unit]\nX-Restart-Triggers=/b",
    ["restart"],
  ],
  ["a mount's options", "[Mount]\nOptions=ro", "[Mount]\nOptions=rw", ["reload"]],
])("a switch weighs %s", (_, before, after, changes) => {
  expect(changeOf("a.service", before, after)).toEqual(changes);
});

test("a unit that goes is stopped unless it says otherwise, and a new one is told", () => {
  const unit = parseUnit("a", ["[Service]"]);
  const outliving = parseUnit("b", ["[Unit]\nX-StopOnRemoval=false"]);
  const changes = compareUnits(
    { "a.service": unit, "b.service": outliving },
    { "c.service": unit },
  );
  expect(changes).toEqual({
    restart: [],
    reload: [],
    keep: [],
    stop: ["a.service"],
    added: ["c.service"],
  });
});

test("a drop-in counts as if it stood below the unit", () => {
  const [base, dropIn] = ["[Service]\nExecStart=/x\n", "[Service]\nUser=a\n"];
  expect(parseUnit("a.service", [base, dropIn])).toEqual(parseUnit("a.service", [base + dropIn]));
});
