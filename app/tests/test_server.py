"""A real uvicorn, started as the service starts it, on sockets that are bound before."""

import signal
import socket
import subprocess
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from server import COMMAND, TIMEOUT_SECONDS, environment, loopback, serving


def ask(
    connection: HTTPConnection, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[HTTPResponse, str]:
    with closing(connection):
        connection.request(method, "/", headers=headers or {})
        response = connection.getresponse()
        return response, response.read().decode()


def connect(host: str, port: int) -> HTTPConnection:
    return HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)


class UnixConnection(HTTPConnection):
    """HTTP to a Unix socket."""

    def connect(self) -> None:
        """Take the host for the socket's path."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT_SECONDS)
        self.sock.connect(self.host)


@pytest.mark.parametrize(
    ("bound", "caller"),
    [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("::ffff:127.0.0.1", "127.0.0.1")],
)
def test_the_caller_gets_its_address(bound: str, caller: str) -> None:
    listener = loopback(bound)
    port = listener.getsockname()[1]
    with serving(listener):
        response, text = ask(connect(caller, port))
    assert (response.status, text) == (200, f"{caller}\n")
    assert response.getheader("Content-Type") == "text/plain; charset=utf-8"
    assert response.getheader("Content-Length") == str(len(text))
    assert response.getheader("Cache-Control") == "no-store"
    assert response.getheader("Server") is None


def test_head_has_the_length_and_no_body() -> None:
    listener = loopback()
    port = listener.getsockname()[1]
    with serving(listener):
        response, text = ask(connect("127.0.0.1", port), "HEAD")
    assert (response.status, text) == (200, "")
    assert response.getheader("Content-Length") == str(len("127.0.0.1\n"))


def test_another_method_is_refused() -> None:
    listener = loopback()
    port = listener.getsockname()[1]
    with serving(listener):
        response, text = ask(connect("127.0.0.1", port), "OPTIONS")
    assert (response.status, text) == (405, "Only GET and HEAD are answered here.\n")
    assert response.getheader("Allow") == "GET, HEAD"


@pytest.mark.parametrize(
    ("trusted", "caller"), [("", "127.0.0.1"), ("127.0.0.0/8, ::1", "192.0.2.1")]
)
def test_a_forwarded_address_is_believed_only_from_a_proxy_that_the_environment_names(
    trusted: str, caller: str
) -> None:
    listener = loopback()
    port = listener.getsockname()[1]
    headers = {"X-Forwarded-For": "198.51.100.1, 192.0.2.1"}
    with serving(listener, IPLZ_TRUSTED_PROXIES=trusted):
        _, text = ask(connect("127.0.0.1", port), headers=headers)
    assert text == f"{caller}\n"


def test_a_caller_over_a_unix_socket_is_told_that_it_has_no_address(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    with serving(listener):
        response, text = ask(UnixConnection(str(path)))
    assert (response.status, text) == (
        500,
        "Your address is not known: the server listens on a socket whose peers have none.\n",
    )


def test_the_server_ends_cleanly_when_it_is_told_to(capfd: pytest.CaptureFixture[str]) -> None:
    listener = loopback()
    port = listener.getsockname()[1]
    with serving(listener) as server:
        ask(connect("127.0.0.1", port))
    assert server.returncode == -signal.SIGTERM
    log = capfd.readouterr().err
    assert "Application shutdown complete." in log
    assert "Traceback" not in log


def test_a_bad_setting_keeps_the_server_from_starting_with_one_line() -> None:
    result = subprocess.run(  # noqa: S603 - the command is a constant
        [*COMMAND, "--port", "0"],
        capture_output=True,
        check=False,
        env=environment(IPLZ_TRUSTED_PROXIES="everybody"),
        text=True,
        timeout=TIMEOUT_SECONDS,
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "iplz: IPLZ_TRUSTED_PROXIES: 'everybody' does not appear to be an IPv4 or IPv6 network. "
        "Expected IPv4 or IPv6 networks, separated by commas or spaces, "
        "such as 10.0.0.0/8,2001:db8::/32\n"
    )
