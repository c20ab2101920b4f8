"""Activates a system and brings the running units in line with it, as NixOS's program does.

Usage: switch_to_configuration.py SYSTEM ACTION
"""

import contextlib
import fcntl
import os
import pathlib
import signal
import subprocess
import sys

import systemd
from plan import Plan, make_plan, units_of, wanted_by

RUNNING = pathlib.Path("/run/current-system")
STATE = pathlib.Path("/run/nixos")
ACTIONS = ("switch", "boot", "test", "dry-activate")

USAGE = f"""Usage: switch-to-configuration [{"|".join(ACTIONS)}]
switch:       make the configuration the boot default and activate now
boot:         make the configuration the boot default
test:         activate the configuration, but don't make it the boot default
dry-activate: show what would be done if this configuration were activated"""

# What NixOS's program exits with.
FAILED = 1
ACTIVATION_FAILED = 2
UNITS_FAILED = 4

# What a switch that was interrupted had still to do; the next one does it.
UNFINISHED = ("start", "restart", "reload")


def main(system: pathlib.Path, arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in ACTIONS:
        say(USAGE)
        return FAILED
    action = arguments[0]
    STATE.mkdir(mode=0o755, exist_ok=True)
    with (STATE / "switch-to-configuration.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Could not acquire lock")
            return FAILED
        # A sandbox machine boots what its profile points at, so there is no boot loader to install.
        if action == "boot":
            return 0
        before = systemd.states()
        up = {name for name, state in before.items() if state.is_up}
        new = units_of(system)
        plan = make_plan(units_of(RUNNING), new, up)
        resume(plan, set(new))
        if action == "dry-activate":
            show(plan)
            return 0
        return carry_out(plan, system, before)


def carry_out(plan: Plan, system: pathlib.Path, before: dict[str, systemd.State]) -> int:
    record(plan)
    say_units("stopping the following units", plan.stop)
    systemd.change("stop", plan.stop)
    say_units("NOT restarting the following changed units", plan.skip)
    say("activating the configuration...")
    status = 0
    if subprocess.run([system / "activate"], check=False).returncode != 0:
        say("Failed to run activate script")
        status = ACTIVATION_FAILED
    systemd.systemctl("reset-failed")
    if not systemd.systemctl("daemon-reload"):
        return FAILED
    # There where a service is to be restarted before the others.
    if "sysinit-reactivation.target" in units_of(system) and not systemd.systemctl(
        "restart", "sysinit-reactivation.target"
    ):
        status = UNITS_FAILED
    if not bring_up(plan, system):
        status = UNITS_FAILED
    return report(before) or status


def bring_up(plan: Plan, system: pathlib.Path) -> bool:
    up = {name for name, state in systemd.states().items() if state.is_up}
    # A unit that went down with one that it needs cannot be reloaded.
    plan.start |= plan.reload - up
    plan.reload &= up
    wanted = wanted_by(system, {name for name in up if name.endswith(".target")})
    succeeded = True
    for verb, doing, units in (
        ("reload", "reloading", plan.reload),
        ("restart", "restarting", plan.restart),
        ("start", "starting", plan.start),
    ):
        say_units(f"{doing} the following units", units)
        succeeded &= systemd.change(verb, units | (wanted - up if verb == "start" else set()))
        (STATE / f"{verb}-list").unlink(missing_ok=True)
    return succeeded


def report(before: dict[str, systemd.State]) -> int:
    after = systemd.settled_states()
    failed = systemd.failed_units(after)
    new = {name for name in after.keys() - before.keys() - failed if not name.endswith(".scope")}
    say_units("the following new units were started", new)
    if not failed:
        return 0
    say_units("warning: the following units failed", failed)
    systemd.systemctl("status", "--no-pager", "--full", "--", *sorted(failed))
    return UNITS_FAILED


def show(plan: Plan) -> None:
    say_units("would stop the following units", plan.stop)
    say_units("would NOT stop the following changed units", plan.skip)
    say("would activate the configuration...")
    say_units("would reload the following units", plan.reload)
    say_units("would restart the following units", plan.restart)
    say_units("would start the following units", plan.start)


def record(plan: Plan) -> None:
    for verb in UNFINISHED:
        names = sorted(getattr(plan, verb))
        (STATE / f"{verb}-list").write_text("".join(f"{name}\n" for name in names))


def resume(plan: Plan, known: set[str]) -> None:
    for verb in UNFINISHED:
        path = STATE / f"{verb}-list"
        names = set(path.read_text().splitlines()) if path.exists() else set()
        getattr(plan, verb).update(names & known)


def say_units(what: str, units: set[str]) -> None:
    if units:
        say(f"{what}: {', '.join(sorted(units))}")


def say(text: str) -> None:
    """Nobody may be listening any more, which must not stop a switch half-way."""
    with contextlib.suppress(BrokenPipeError):
        os.write(sys.stderr.fileno(), f"{text}\n".encode())


os.environ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"
signal.signal(signal.SIGHUP, signal.SIG_IGN)
sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2:]))
