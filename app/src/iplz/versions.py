"""Which versions of HTTP are answered."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import falcon
import falcon.asgi

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# As ASGI spells them. Falcon answers one that is not among them with a traceback.
SPOKEN_VERSIONS = ("1.0", "1.1", "2", "3")

_REFUSED = "iplz.refused_version"


class AnyVersion:
    """Hand a request of any version to an application that answers those of `RefuseVersion`."""

    def __init__(self, app: Application) -> None:
        """Stand before this application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the application a version that it knows."""
        version = scope.get("http_version")
        if version is not None and version not in SPOKEN_VERSIONS:
            # RFC 9110, 2.5: a higher minor version is answered as the highest that one speaks.
            scope = {**scope, "http_version": "1.1", _REFUSED: not version.startswith("1.")}
        await self._app(scope, receive, send)


class RefuseVersion:
    """Refuse a version whose major part is not spoken here, on each path."""

    async def process_request(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Raise before the path is looked up."""
        if req.scope.get(_REFUSED, False):
            raise falcon.HTTPVersionNotSupported
