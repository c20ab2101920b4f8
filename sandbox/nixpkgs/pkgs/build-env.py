"""Links the files of packages into one tree, those of the lowest priority number first."""

import json
import os
import pathlib
import sys

attributes = json.loads(pathlib.Path(os.environ["NIX_ATTRS_JSON_FILE"]).read_text())
out = pathlib.Path(attributes["outputs"]["out"])
out.mkdir()
chosen = sorted(attributes["chosenOutputs"], key=lambda each: each["priority"])
for package in (pathlib.Path(path) for each in chosen for path in each["paths"]):
    for part in attributes["pathsToLink"]:
        for file in sorted((package / part.lstrip("/")).rglob("*")):
            if file.is_dir() and not file.is_symlink():
                continue
            link = out / file.relative_to(package)
            link.parent.mkdir(parents=True, exist_ok=True)
            if not link.is_symlink():
                link.symlink_to(file)
            elif not attributes["ignoreCollisions"]:
                sys.exit(f"two packages have {link.relative_to(out)}: {link.readlink()} and {file}")
