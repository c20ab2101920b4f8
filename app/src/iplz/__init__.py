"""Answer an HTTP request with the address of its caller."""

from iplz.application import create_app

__all__ = ["app", "create_app"]

app = create_app()
