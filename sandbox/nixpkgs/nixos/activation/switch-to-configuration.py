#!/usr/bin/python3
"""Activates the system and brings the running units in line with it, as NixOS's script does."""

import fcntl
import os
import pathlib
import subprocess
import sys
from dataclasses import dataclass, field

SYSTEM = pathlib.Path("@system@")
LOCK = pathlib.Path("/run/nixos/switch-to-configuration.lock")
ACTIONS = ("switch", "boot", "test", "dry-activate")

USAGE = f"""Usage: {sys.argv[0]} [{"|".join(ACTIONS)}]

switch:       make the configuration the boot default and activate now
boot:         make the configuration the boot default
test:         activate the configuration, but don't make it the boot default
dry-activate: show what would be done if this configuration were activated"""

# What NixOS's script exits with.
ACTIVATION_FAILED = 2
RELOAD_FAILED = 3
UNITS_FAILED = 4


@dataclass
class Plan:
    """Names of units by what happens to them."""

    stop: list[str] = field(default_factory=list)
    skip: list[str] = field(default_factory=list)
    reload: list[str] = field(default_factory=list)
    restart: list[str] = field(default_factory=list)
    start: list[str] = field(default_factory=list)


def units_of(system: pathlib.Path) -> dict[str, str]:
    """The units of a system, each with its text."""
    folder = system / "etc/systemd/system"
    if not folder.is_dir():
        return {}
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def wanted_of(system: pathlib.Path) -> set[str]:
    """Units that the boot target starts."""
    return {path.name for path in (system / "etc/systemd/system").glob("multi-user.target.wants/*")}


def has_marker(text: str, marker: str) -> bool:
    return marker in text.splitlines()


def active_states(units: set[str]) -> dict[str, str]:
    """Each unit's state, as systemd calls it."""
    names = sorted(units)
    if not names:
        return {}
    shown = subprocess.run(
        ["systemctl", "show", "--property=ActiveState", "--value", *names],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    return dict(zip(names, shown, strict=True))


def make_plan(old: dict[str, str], new: dict[str, str], wanted: set[str]) -> Plan:
    states = active_states(old.keys() | new.keys())

    def is_up(name: str) -> bool:
        return states[name] in ("active", "activating", "reloading", "failed")

    plan = Plan(stop=sorted(name for name in old.keys() - new.keys() if is_up(name)))
    for name in sorted(old.keys() & new.keys()):
        text = new[name]
        if text == old[name] or not is_up(name):
            continue
        if has_marker(text, "X-ReloadIfChanged=true") and states[name] != "failed":
            plan.reload.append(name)
        elif has_marker(text, "X-RestartIfChanged=false"):
            plan.skip.append(name)
        elif has_marker(text, "X-StopIfChanged=false"):
            plan.restart.append(name)
        else:
            plan.stop.append(name)
            plan.start.append(name)
    plan.start += sorted(
        name for name in wanted - set(plan.start) if not is_up(name) or states[name] == "failed"
    )
    return plan


def say(what: str, units: list[str]) -> None:
    if units:
        print(f"{what}: {', '.join(units)}", file=sys.stderr, flush=True)


def systemctl(verb: str, units: list[str]) -> bool:
    return not units or subprocess.run(["systemctl", verb, "--", *units], check=False).returncode == 0


def show_plan(plan: Plan) -> None:
    say("would stop the following units", plan.stop)
    say("would NOT restart the following changed units", plan.skip)
    print("would activate the configuration...", file=sys.stderr)
    say("would reload the following units", plan.reload)
    say("would restart the following units", plan.restart)
    say("would start the following units", plan.start)


def failed_units(units: set[str]) -> list[str]:
    """Units that failed, or that systemd starts again and again because they fail."""
    failed = []
    for name in sorted(units):
        shown = subprocess.run(
            ["systemctl", "show", "--property=ActiveState,SubState,ExecMainStatus", name],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        facts = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
        in_loop = facts.get("SubState") == "auto-restart" and facts.get("ExecMainStatus") != "0"
        if facts.get("ActiveState") == "failed" or in_loop:
            failed.append(name)
    return failed


def carry_out(plan: Plan, new: dict[str, str], old: dict[str, str]) -> int:
    status = 0
    say("stopping the following units", plan.stop)
    systemctl("stop", plan.stop)
    say("NOT restarting the following changed units", plan.skip)
    print("activating the configuration...", file=sys.stderr, flush=True)
    if subprocess.run([SYSTEM / "activate"], check=False).returncode != 0:
        status = ACTIVATION_FAILED
    subprocess.run(["systemctl", "reset-failed"], check=False)
    if subprocess.run(["systemctl", "daemon-reload"], check=False).returncode != 0:
        status = RELOAD_FAILED
    say("reloading the following units", plan.reload)
    if not systemctl("reload", plan.reload):
        status = RELOAD_FAILED
    say("restarting the following units", plan.restart)
    if not systemctl("restart", plan.restart):
        status = UNITS_FAILED
    changed = [name for name in plan.start if name in old]
    say("starting the following units", changed)
    if not systemctl("start", plan.start):
        status = UNITS_FAILED
    failed = failed_units(set(new))
    say(
        "the following new units were started",
        [name for name in plan.start if name not in old and name not in failed],
    )
    if failed:
        say("warning: the following units failed", failed)
        subprocess.run(["systemctl", "status", "--no-pager", "--full", "--", *failed], check=False)
        status = UNITS_FAILED
    return status


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] not in ACTIONS:
        print(USAGE, file=sys.stderr)
        return 1
    action = sys.argv[1]
    LOCK.parent.mkdir(mode=0o755, exist_ok=True)
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Could not acquire lock", file=sys.stderr)
            return 1
        # A sandbox machine boots what its profile points at, so there is no boot loader to install.
        if action == "boot":
            return 0
        running = pathlib.Path("/run/current-system")
        old, new = units_of(running), units_of(SYSTEM)
        plan = make_plan(old, new, wanted_of(SYSTEM))
        if action == "dry-activate":
            show_plan(plan)
            return 0
        return carry_out(plan, new, old)


os.environ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"
sys.exit(main())
