"""What is behind each path."""

import os
from collections.abc import Collection
from pathlib import Path

import falcon
import falcon.asgi

from iplz.addresses import Network
from iplz.caller import caller_address


class CallerAddress:
    """`/`: the address of the caller."""

    def __init__(self, trusted_proxies: Collection[Network]) -> None:
        """Believe a forwarded address only from these networks."""
        self._trusted_proxies = trusted_proxies

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Answer the address and a newline."""
        address = caller_address(
            peer_host(req), req.get_header("X-Forwarded-For"), self._trusted_proxies
        )
        if address is None:
            raise falcon.HTTPInternalServerError(
                description="Your address is not known: "
                "the server listens on a socket whose peers have none."
            )
        resp.text = f"{address}\n"

    on_head = on_get


class RunningSystem:
    """`/healthz`: the service is up, and on which system."""

    def __init__(self, current_system: Path) -> None:
        """Follow this link at each request, since a switch moves it under a running service."""
        self._current_system = current_system

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Answer the system's store path, or "ok" where the machine has no such link."""
        resp.text = f"{real_path(self._current_system) or 'ok'}\n"

    on_head = on_get


def peer_host(req: falcon.asgi.Request) -> str | None:
    """Tell the peer's address, or None on a Unix socket.

    Falcon's `remote_addr` would believe forwarded addresses, and answer 127.0.0.1 for None.
    """
    client = req.scope.get("client")
    if client is None:
        return None
    host, _port = client
    return str(host)


def real_path(link: Path) -> str | None:
    """Follow a link to its end, or answer None when there is nothing there."""
    try:
        return os.path.realpath(link, strict=True)
    except OSError:
        return None
