"""What every request passes: who asks, whether they may, the log, and what tests make go wrong."""

import datetime
import io
import json
import re
import threading
from collections.abc import Callable, Iterable
from typing import Any
from xml.sax.saxutils import escape

from . import actions, faults, home, images, machines, policy

DEPLOYER = "AKIASANDBOXDEPLOYER0"
ADMIN = "AKIASANDBOXADMIN0000"

Start = Callable[..., Any]
_log_lock = threading.Lock()
_READS = re.compile(r"^ec2:(Describe|Get)")


class Gate:
    """WSGI middleware around moto."""

    def __init__(self, application: Any, deployer_policy: dict[str, Any] | None) -> None:
        self.application = application
        self.deployer_policy = deployer_policy

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/_sandbox/"):
            return self._administer(environ, start)
        body = _form(environ)
        credential = _credential(environ)
        request = actions.identify(
            environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), body, credential
        )
        refusal = self._refusal(credential.split("/")[0], request, body)
        _log(credential.split("/")[0], request, refusal)
        if refusal:
            return _error(start, request.service, *refusal)
        if request.service != "ec2" or _READS.match(request.action):
            return list(self.application(environ, start))
        # One change at a time: half of one is nothing that a machine could be brought to.
        with machines.changing:
            answer = list(self.application(environ, start))
            machines.sync()
        return answer

    def _refusal(
        self, key: str, request: actions.Request, body: str
    ) -> tuple[int, str, str] | None:
        if key not in {DEPLOYER, ADMIN}:
            code = "InvalidAccessKeyId" if request.service == "s3" else "InvalidClientTokenId"
            return 403, code, "The security token included in the request is invalid."
        fault = faults.current.take(request.action)
        if fault:
            return 503 if "Limit" in fault[0] or "Slow" in fault[0] else 400, *fault
        if key == ADMIN or self.deployer_policy is None:
            return None
        return self._denial(request) or self._denial_of_role(request, body)

    def _denial(self, request: actions.Request) -> tuple[int, str, str] | None:
        context = {"aws:RequestedRegion": request.region, "aws:SecureTransport": "true"}
        return self._decide(request.service, request.action, request.resource, context)

    def _denial_of_role(self, request: actions.Request, body: str) -> tuple[int, str, str] | None:
        role = actions.pass_role(request, body)
        if role is None:
            return None
        context = {"iam:PassedToService": "vmie.amazonaws.com"}
        return self._decide(request.service, "iam:PassRole", role, context)

    def _decide(
        self, service: str, action: str, resource: str, context: dict[str, str]
    ) -> tuple[int, str, str] | None:
        policies = [self.deployer_policy] if self.deployer_policy else []
        if policy.is_allowed(policies, action, resource, context):
            return None
        message = (
            f"User: arn:aws:iam::{home.ACCOUNT}:user/deployer is not authorized to perform: {action} "
            f"on resource: {resource} because no identity-based policy allows the {action} action"
        )
        return 403, "UnauthorizedOperation" if service == "ec2" else "AccessDenied", message

    def _administer(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        answer: dict[str, str] = {}
        if environ["REQUEST_METHOD"] == "DELETE":
            faults.reset()
        else:
            length = int(environ.get("CONTENT_LENGTH") or 0)
            request = json.loads(environ["wsgi.input"].read(length))
            if environ["PATH_INFO"].endswith("/images"):
                answer = images.publish(**request)
            else:
                faults.current.set(request)
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]


def _form(environ: dict[str, Any]) -> str:
    """The body of a query request, left in place for moto; an upload is not read here."""
    if not environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return ""
    content = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(content)
    return str(content.decode())


def _credential(environ: dict[str, Any]) -> str:
    header = environ.get("HTTP_AUTHORIZATION", "") + "&" + environ.get("QUERY_STRING", "")
    match = re.search(r"Credential=([^,\s&]+)", header)
    return match.group(1).replace("%2F", "/") if match else ""


def _log(key: str, request: actions.Request, refusal: tuple[int, str, str] | None) -> None:
    line = {
        "time": datetime.datetime.now(datetime.UTC).isoformat(),
        "principal": "admin" if key == ADMIN else "deployer" if key == DEPLOYER else key,
        "action": request.action,
        "resource": request.resource,
        "allowed": refusal is None,
        "error": refusal[1] if refusal else None,
    }
    with _log_lock, (home.folder / "actions.log").open("a") as log:
        log.write(json.dumps(line) + "\n")


def _error(start: Start, service: str, status: int, code: str, message: str) -> list[bytes]:
    error = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if service == "ec2":
        body = (
            f"<Response><Errors><Error>{error}</Error></Errors><RequestID>0</RequestID></Response>"
        )
    elif service == "s3":
        body = f"<Error>{error}<RequestId>0</RequestId></Error>"
    else:
        body = f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>"
    start(f"{status} Refused", [("Content-Type", "text/xml")])
    return [b'<?xml version="1.0" encoding="UTF-8"?>' + body.encode()]
