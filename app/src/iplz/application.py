"""The ASGI application: its two paths, and what holds for every answer."""

import os
from collections.abc import Mapping
from pathlib import Path

import falcon
import falcon.asgi

from iplz.answers import NeverCached, ReadOnly, write_error_as_text
from iplz.resources import CallerAddress, RunningSystem
from iplz.settings import trusted_proxies
from iplz.versions import AnyVersion, RefuseVersion

# NixOS keeps this link at the system that was activated last.
CURRENT_SYSTEM = Path("/run/current-system")


def create_app(
    environ: Mapping[str, str] = os.environ,
    current_system: Path = CURRENT_SYSTEM,
) -> AnyVersion:
    """Make the application, configured by the environment."""
    app = falcon.asgi.App(media_type=falcon.MEDIA_TEXT)
    app.add_middleware(RefuseVersion())
    app.add_middleware(ReadOnly())
    app.add_middleware(NeverCached())
    app.set_error_serializer(write_error_as_text)
    app.add_route("/", CallerAddress(trusted_proxies(environ)))
    app.add_route("/healthz", RunningSystem(current_system))
    return AnyVersion(app)
