#!/usr/bin/python3
"""Makes /etc and the running machine's links those of the system; units are left to systemd."""

import os
import pathlib
import shutil
import socket

SYSTEM = pathlib.Path("@system@")
ETC = pathlib.Path("/etc")
STATIC = ETC / "static"
COPIES = ETC / ".copied-by-activation"


def replace_link(link: pathlib.Path, target: str | os.PathLike[str]) -> None:
    """Puts the link in place at once, so that no reader ever misses it."""
    link.parent.mkdir(parents=True, exist_ok=True)
    temporary = link.with_name(f".{link.name}.tmp")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.rename(link)


def copy_file(source: pathlib.Path, target: pathlib.Path, mode: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.tmp")
    shutil.copyfile(source, temporary)
    temporary.chmod(mode)
    temporary.rename(target)


def set_up_etc() -> None:
    source = SYSTEM / "etc"
    replace_link(STATIC, source.resolve())
    copies: set[str] = set()
    for folder, _, names in os.walk(source.resolve()):
        for name in names:
            path = pathlib.Path(folder, name)
            relative = path.relative_to(source.resolve())
            mode = path.with_name(f"{name}.mode")
            if mode.exists():
                copy_file(path, ETC / relative, int(mode.read_text(), 8))
                copies.add(str(relative))
            elif not (name.endswith(".mode") and path.with_suffix("").exists()):
                replace_link(ETC / relative, STATIC / relative)
    remove_copies_but(copies)
    remove_dangling_links()


def remove_copies_but(copies: set[str]) -> None:
    """Files that an earlier system had copied and this one does not have."""
    earlier = set(COPIES.read_text().splitlines()) if COPIES.exists() else set()
    for relative in earlier - copies:
        (ETC / relative).unlink(missing_ok=True)
    COPIES.write_text("".join(f"{relative}\n" for relative in sorted(copies)))


def remove_dangling_links() -> None:
    """Links into /etc/static whose file an earlier system had and this one does not have."""
    for folder, folders, names in os.walk(ETC):
        for name in [*names, *folders]:
            path = pathlib.Path(folder, name)
            is_ours = path.is_symlink() and str(path.readlink()).startswith(f"{STATIC}/")
            if is_ours and not path.exists():
                path.unlink()


def set_host_name() -> None:
    name = SYSTEM / "etc/hostname"
    if name.exists():
        socket.sethostname(name.read_text().strip())


def register() -> None:
    replace_link(pathlib.Path("/run/current-system"), SYSTEM)
    for name in ("current-system", "booted-system"):
        replace_link(pathlib.Path("/nix/var/nix/gcroots", name), f"/run/{name}")


set_up_etc()
set_host_name()
register()
