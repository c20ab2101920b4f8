"""What a switch does to which unit: compares the units of two systems, as NixOS does."""

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, field

# Settings of the section [Unit] that a running unit takes over by itself.
TAKEN_OVER = {
    *("AllowIsolate", "CollectMode", "Description", "Documentation", "IgnoreOnIsolate"),
    *("OnFailure", "OnFailureJobMode", "OnSuccess", "RefuseManualStart", "RefuseManualStop"),
    *("SourcePath", "StopWhenUnneeded"),
}


@dataclass
class Plan:
    """Names of units by what happens to them."""

    stop: set[str] = field(default_factory=set)
    skip: set[str] = field(default_factory=set)
    reload: set[str] = field(default_factory=set)
    restart: set[str] = field(default_factory=set)
    start: set[str] = field(default_factory=set)


def units_of(system: pathlib.Path) -> dict[str, str]:
    """The units of a system, each with its text."""
    folder = system / "etc/systemd/system"
    if not folder.is_dir():
        return {}
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def wanted_by(system: pathlib.Path, targets: set[str]) -> set[str]:
    """Units of the system that these targets start."""
    folder = system / "etc/systemd/system"
    return {
        path.name
        for target in targets
        for kind in ("wants", "requires")
        for path in folder.glob(f"{target}.{kind}/*")
    }


def make_plan(old: Mapping[str, str], new: Mapping[str, str], up: set[str]) -> Plan:
    """Only units of the systems are planned for, and of these only the ones that are up."""
    plan = Plan(stop=(old.keys() - new.keys()) & up)
    for name in old.keys() & new.keys() & up:
        text = new[name]
        if significant(text) == significant(old[name]):
            continue
        if has_marker(text, "X-ReloadIfChanged=true"):
            plan.reload.add(name)
        elif has_marker(text, "X-RestartIfChanged=false"):
            plan.skip.add(name)
        elif has_marker(text, "X-StopIfChanged=false"):
            plan.restart.add(name)
        else:
            plan.stop.add(name)
            plan.start.add(name)
    return plan


def significant(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.partition("=")[0] not in TAKEN_OVER]


def has_marker(text: str, marker: str) -> bool:
    return marker in text.splitlines()
