"""Takes out of Nix's database when and where it was made: normalize-database.py FOLDER"""

import pathlib
import sqlite3
import sys

folder = pathlib.Path(sys.argv[1])
database = sqlite3.connect(folder / "db.sqlite", isolation_level=None)
database.execute("update ValidPaths set registrationTime = 1")
database.execute("pragma journal_mode = delete")
database.execute("vacuum")
database.close()
# Nix makes them again: space that it gives up when the disk is full, and its lock.
for name in ("reserved", "big-lock"):
    (folder / name).unlink(missing_ok=True)
