"""What holds for every answer: read only, never cached, errors as plain text."""

from typing import Any

import falcon
import falcon.asgi

ALLOWED_METHODS = ("GET", "HEAD")

SENTENCES = {
    404: "There is nothing here; / answers with your address, /healthz with the running system.",
    405: "Only GET and HEAD are answered here.",
    500: "The server could not answer; its log has the reason.",
    505: "HTTP/1.0 and HTTP/1.1 are spoken here.",
}


class ReadOnly:
    """Refuse each method but GET and HEAD on a path that exists.

    Falcon alone would answer OPTIONS with 200 and a method it does not know with 400.
    """

    async def process_resource(
        self,
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response,
        resource: object,
        params: dict[str, Any],
    ) -> None:
        """Raise before Falcon chooses what answers the method."""
        if req.method not in ALLOWED_METHODS:
            raise falcon.HTTPMethodNotAllowed(ALLOWED_METHODS)


class NeverCached:
    """Keep caches from giving one caller's answer to another."""

    async def process_response(
        self,
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response,
        resource: object,
        req_succeeded: bool,  # noqa: FBT001 - the signature is Falcon's
    ) -> None:
        """Mark the answer, errors included: a 404 without it may be cached."""
        resp.cache_control = ["no-store"]


def write_error_as_text(
    _req: falcon.Request, resp: falcon.Response, error: falcon.HTTPError
) -> None:
    """Write an error as one sentence, in place of Falcon's JSON."""
    sentence = error.description or SENTENCES.get(error.status_code, error.title)
    resp.content_type = falcon.MEDIA_TEXT
    resp.text = f"{sentence}\n"
