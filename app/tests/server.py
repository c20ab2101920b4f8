"""A uvicorn that serves the application as the service does."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import iplz

TIMEOUT_SECONDS = 30
COMMAND = [
    sys.executable,
    "-m",
    "uvicorn",
    "--no-proxy-headers",
    "--no-server-header",
    "--timeout-graceful-shutdown",
    "1",
    "--app-dir",
    str(Path(iplz.__file__).parent.parent),
    "iplz:app",
]


def environment(**changes: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("IPLZ_")}
    return inherited | changes


@contextmanager
def serving(
    listener: socket.socket, log: IO[bytes] | None = None, **changes: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Serve on a socket that listens already, so that a connection waits until uvicorn is there."""
    with listener:
        server = subprocess.Popen(  # noqa: S603 - the command is a constant
            [*COMMAND, "--fd", str(listener.fileno())],
            pass_fds=[listener.fileno()],
            env=environment(**changes),
            stderr=log,
        )
    try:
        yield server
    finally:
        server.terminate()
        try:
            server.wait(TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            raise


def loopback(address: str = "127.0.0.1") -> socket.socket:
    """Listen on a free port; an IPv6 socket takes IPv4 callers too, as mapped addresses."""
    if ":" in address:
        return socket.create_server((address, 0), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server((address, 0))
