"""What systemd says about the machine's units, and what it is told to do with them."""

import subprocess
import time
from dataclasses import dataclass

SETTLED_SECONDS = 0.25
SETTLE_AT_MOST_SECONDS = 90


@dataclass(frozen=True)
class State:
    """ActiveState and SubState, by systemd's names."""

    active: str
    sub: str

    @property
    def is_up(self) -> bool:
        return self.active in ("active", "activating")


def systemctl(*arguments: str) -> bool:
    return subprocess.run(["systemctl", *arguments], check=False).returncode == 0


def change(verb: str, units: set[str]) -> bool:
    """Does so with all the units at once, so that systemd orders them."""
    return not units or systemctl(verb, "--", *sorted(units))


def states() -> dict[str, State]:
    """Every unit that is not plainly inactive."""
    listed = ask("list-units", "--plain", "--no-legend", "--full")
    found = {}
    for line in listed.splitlines():
        name, _, active, sub, *_ = line.split()
        found[name] = State(active, sub)
    return found


def settled_states() -> dict[str, State]:
    """The states once they stay the same for a while: a unit may fail just after its start."""
    began = quiet_since = time.monotonic()
    before = states()
    while time.monotonic() - quiet_since < SETTLED_SECONDS:
        if time.monotonic() - began > SETTLE_AT_MOST_SECONDS:
            break
        time.sleep(0.05)
        now = states()
        if now != before:
            before, quiet_since = now, time.monotonic()
    return before


def failed_units(found: dict[str, State]) -> set[str]:
    """Units that failed, or that systemd starts again and again because they fail."""
    return {
        name
        for name, state in found.items()
        if state.active == "failed"
        or (
            state.sub == "auto-restart"
            and ask("show", "--property=ExecMainStatus", "--value", name) != "0"
        )
    }


def ask(*arguments: str) -> str:
    command = ["systemctl", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
