"""Where the API keeps files: raw disks of snapshots and volumes, its log of actions."""

import os
import pathlib

ACCOUNT = "123456789012"

home = pathlib.Path(os.environ.get("SANDBOX_HOME", ".sandbox")).resolve()
folder = home / "aws"


def snapshot_disk(snapshot_id: str) -> pathlib.Path:
    return folder / "snapshots" / f"{snapshot_id}.raw"


def volume_disk(volume_id: str) -> pathlib.Path:
    return folder / "volumes" / f"{volume_id}.raw"


def make() -> None:
    for name in ("snapshots", "volumes"):
        (folder / name).mkdir(parents=True, exist_ok=True)
