"""Installs a wheel: install-wheel.py WHEEL SITE-PACKAGES BIN."""

import compileall
import configparser
import pathlib
import py_compile
import sys
import zipfile

wheel, site, commands = (pathlib.Path(argument) for argument in sys.argv[1:])
with zipfile.ZipFile(wheel) as archive:
    archive.extractall(site)

# By content, not by time: the store sets every file's time to the same second.
compiled = compileall.compile_dir(
    site, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
)
if not compiled:
    sys.exit(f"{wheel.name} holds Python that does not compile")

for entry_points in site.glob("*.dist-info/entry_points.txt"):
    sections = configparser.ConfigParser(delimiters=["="], interpolation=None)
    sections.optionxform = str
    sections.read_string(entry_points.read_text())
    for name, target in (
        sections["console_scripts"].items() if "console_scripts" in sections else []
    ):
        module, function = target.split("[")[0].strip().split(":")
        commands.mkdir(parents=True, exist_ok=True)
        script = commands / name
        script.write_text(
            f"#!/usr/bin/python3\nimport sys\nfrom {module} import {function.split('.')[0]}\n"
            f"sys.exit({function}())\n"
        )
        script.chmod(0o755)
