"""Clients that misbehave, over a real socket: each gets its answer, and so does everybody else."""

import resource
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from server import TIMEOUT_SECONDS, loopback, serving

HOST = b"Host: iplz\r\n"
GET = b"GET / HTTP/1.1\r\n" + HOST
CHUNKED = b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
IDLE_CONNECTIONS = 1000


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One server for all: what a client does to it is there for the next one to find."""
    path = tmp_path_factory.mktemp("server") / "log"
    # Both ends of each connection are in this test and its server.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    listener = loopback()
    number: int = listener.getsockname()[1]
    with path.open("wb") as log, serving(listener, log=log) as server:
        yield number
        assert server.poll() is None
    assert "Traceback" not in path.read_text()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS)


def read_all(connection: socket.socket) -> bytes:
    """Read until the server closes; it resets the connection when it has bytes left to read."""
    received = b""
    try:
        while some := connection.recv(65536):
            received += some
    except ConnectionResetError:
        pass
    return received


def exchange(port: int, request: bytes) -> bytes:
    """Send what a client says, and nothing more."""
    with connect(port) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            # The server does not read on: its answer says why.
            pass
        return read_all(connection)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def answers_others(port: int) -> bool:
    answer = exchange(port, GET + b"Connection: close\r\n\r\n")
    return status_of(answer) == 200 and answer.endswith(b"127.0.0.1\n")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\r\n\r\n\r\n\r\nnothing\r\n\r\n",
        b"\0\0\0\0",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /\xff HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        GET + HOST + b"\r\n",
        GET + b"Name : value\r\n\r\n",
        GET + b"Name: a\0b\r\n\r\n",
        GET + b"no colon\r\n\r\n",
        GET + b"Content-Length: -1\r\n\r\n",
        GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        GET + b"Content-Length: 1e9\r\n\r\n",
        GET + b"Transfer-Encoding: gzip\r\n\r\n",
        CHUNKED + b"not hexadecimal\r\n",
        CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"f" * 40 + b"\r\n",
    ],
)
def test_what_is_no_request_is_refused(port: int, request_bytes: bytes) -> None:
    answer = exchange(port, request_bytes)
    assert status_of(answer) in (400, 501)
    assert b"Traceback" not in answer
    assert answers_others(port)


@pytest.mark.parametrize(
    ("version", "status"),
    [
        (b"1.0", 200),
        (b"1.1", 200),
        (b"1.2", 200),
        (b"1.9", 200),
        (b"0.9", 505),
        (b"2.0", 505),
        (b"3.0", 505),
        (b"9.9", 505),
    ],
)
def test_an_unknown_version_of_http_is_refused_as_such(
    port: int, version: bytes, status: int
) -> None:
    answer = exchange(port, b"GET / HTTP/" + version + b"\r\n" + HOST + b"\r\n")
    assert status_of(answer) == status
    if status == 505:
        assert answer.endswith(b"\r\n\r\nHTTP/1.0 and HTTP/1.1 are spoken here.\n")
        assert b"cache-control: no-store\r\n" in answer


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET http://elsewhere/ HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"GET //elsewhere HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"GET /../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"GET /%00%ff%0d%0aX:%20y HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"CONNECT elsewhere:22 HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n", 405),
        (b"A" * 200 + b" / HTTP/1.1\r\n" + HOST + b"\r\n", 405),
        (GET + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n", 200),
        (GET + b"Host-: " + b"a" * 8000 + b"\r\n\r\n", 200),
        (GET + b"A: b\r\n" * 500 + b"\r\n", 200),
    ],
)
def test_a_strange_request_gets_the_answer_of_its_path_and_method(
    port: int, request_bytes: bytes, status: int
) -> None:
    answer = exchange(port, request_bytes)
    assert status_of(answer) == status
    assert b"\r\nX: y" not in answer
    assert answers_others(port)


@pytest.mark.parametrize(
    "endless",
    [
        b"GET /" + b"a" * 1_000_000,
        GET + b"Name: " + b"a" * 1_000_000,
        GET + b"Name: value\r\n" * 80_000,
        CHUNKED + b"1;" + b"a" * 1_000_000,
    ],
    ids=["path", "header", "headers", "chunk extension"],
)
def test_what_does_not_end_is_cut_off(port: int, endless: bytes) -> None:
    answer = exchange(port, endless)
    # Nothing arrives where the connection was reset with the answer on its way.
    assert answer == b"" or status_of(answer) == 400
    assert answers_others(port)


def test_requests_that_are_sent_at_once_are_answered_one_after_the_other(port: int) -> None:
    answer = exchange(port, (GET + b"\r\n") * 100 + b"nothing\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 100
    assert answer.count(b"HTTP/1.1 400 Bad Request\r\n") == 1


FORGED = b"192.0.2.1"


@pytest.mark.parametrize(
    "headers",
    [
        b"X-Forwarded-For: " + FORGED + b"\r\n",
        b"X-Forwarded-For: " + FORGED + b"\r\nX-Forwarded-For: " + FORGED + b"\r\n",
        b"X-Forwarded-For: " + b", ".join([FORGED] * 4000) + b"\r\n",
        b"X-Forwarded-For: 127.0.0.1, " + FORGED + b"\r\n",
        b"X_Forwarded_For: " + FORGED + b"\r\n",
        b"X-Forwarded-For: \xff\xfe\r\n",
        b"X-Forwarded-Proto: https\r\nX-Forwarded-Host: elsewhere\r\n",
        b"X-Real-IP: " + FORGED + b"\r\n",
        b"True-Client-IP: " + FORGED + b"\r\n",
        b"CF-Connecting-IP: " + FORGED + b"\r\n",
        b"Forwarded: for=" + FORGED + b";proto=https\r\n",
        b"PROXY: TCP4 " + FORGED + b" 127.0.0.1 1 80\r\n",
    ],
    ids=lambda headers: headers[:30],
)
def test_a_forged_forwarding_header_changes_nothing(port: int, headers: bytes) -> None:
    answer = exchange(port, GET + headers + b"\r\n")
    assert status_of(answer) == 200
    assert answer.endswith(b"\r\n\r\n127.0.0.1\n")


def test_the_proxy_protocol_is_not_spoken(port: int) -> None:
    answer = exchange(port, b"PROXY TCP4 192.0.2.1 127.0.0.1 1 80\r\n" + GET + b"\r\n")
    assert status_of(answer) == 400


def test_a_slow_client_is_answered_in_its_own_time_and_others_do_not_wait(port: int) -> None:
    with connect(port) as slow:
        for byte in GET:
            slow.sendall(bytes([byte]))
        assert answers_others(port)
        slow.sendall(b"Connection: close\r\n\r\n")
        assert read_all(slow).endswith(b"127.0.0.1\n")


def test_a_client_that_reads_nothing_holds_nobody_up(port: int) -> None:
    with connect(port) as deaf:
        deaf.settimeout(0.2)
        try:
            # Until the buffers of both ends are full; their sizes are the kernel's.
            for _ in range(200):
                deaf.sendall((GET + b"\r\n") * 1000)
        except TimeoutError:
            pass
        assert answers_others(port)


def test_a_thousand_idle_connections_leave_room_for_others(port: int) -> None:
    with ExitStack() as open_connections:
        idle = [open_connections.enter_context(connect(port)) for _ in range(IDLE_CONNECTIONS)]
        for connection in idle[::2]:
            connection.sendall(b"GET / HTTP/1.1\r\nHo")
        assert answers_others(port)
        idle[0].sendall(b"st: iplz\r\nConnection: close\r\n\r\n")
        assert read_all(idle[0]).endswith(b"127.0.0.1\n")


def seconds_to_end(server: subprocess.Popen[bytes]) -> float:
    started = time.monotonic()
    server.terminate()
    server.wait(TIMEOUT_SECONDS)
    return time.monotonic() - started


def test_clients_that_never_end_their_requests_do_not_hold_up_a_restart(
    capfd: pytest.CaptureFixture[str],
) -> None:
    listener = loopback()
    port = listener.getsockname()[1]
    with ExitStack() as open_connections, serving(listener) as server:
        for beginning in (b"", b"GET / HT", GET, GET + b"Content-Length: 5\r\n\r\n", CHUNKED):
            open_connections.enter_context(connect(port)).sendall(beginning)
        # The server has read the others when it answers this one, which came last.
        assert answers_others(port)
        seconds = seconds_to_end(server)
    assert server.returncode == -signal.SIGTERM
    # Well below the 90 s after which systemd would kill it.
    assert seconds < TIMEOUT_SECONDS
    assert "timeout graceful shutdown exceeded" in capfd.readouterr().err
