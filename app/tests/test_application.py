"""The application's answers over ASGI: addresses, methods, paths, headers."""

import pytest
from falcon import testing

from iplz import create_app

NOT_FOUND = (
    "There is nothing here; / answers with your address, /healthz with the running system.\n"
)
NOT_ALLOWED = "Only GET and HEAD are answered here.\n"
PROXY = "10.0.0.1"


@pytest.fixture
def client() -> testing.TestClient:
    return testing.TestClient(create_app({}))


@pytest.fixture
def client_behind_proxy() -> testing.TestClient:
    return testing.TestClient(create_app({"IPLZ_TRUSTED_PROXIES": PROXY}))


@pytest.mark.parametrize(
    ("peer", "answer"),
    [
        ("192.0.2.1", "192.0.2.1\n"),
        ("2001:db8::1", "2001:db8::1\n"),
        ("::ffff:192.0.2.1", "192.0.2.1\n"),
        ("fe80::1%eth0", "fe80::1\n"),
    ],
)
def test_the_caller_gets_its_address_and_a_newline(
    client: testing.TestClient, peer: str, answer: str
) -> None:
    result = client.simulate_get("/", remote_addr=peer)
    assert (result.status_code, result.text) == (200, answer)
    assert result.headers == {
        "cache-control": "no-store",
        "content-length": str(len(answer)),
        "content-type": "text/plain; charset=utf-8",
    }


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere"])
def test_head_answers_what_get_answers_without_the_body(
    client: testing.TestClient, path: str
) -> None:
    get = client.simulate_get(path, remote_addr="192.0.2.1")
    head = client.simulate_head(path, remote_addr="192.0.2.1")
    assert head.status_code == get.status_code
    assert head.headers == get.headers
    assert head.headers["content-length"] == str(len(get.content))
    assert head.content == b""


@pytest.mark.parametrize("path", ["/", "/healthz"])
@pytest.mark.parametrize(
    "method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "BREW"]
)
def test_another_method_is_refused_with_the_allowed_ones(
    client: testing.TestClient, method: str, path: str
) -> None:
    result = client.simulate_request(method, path, remote_addr="192.0.2.1")
    assert (result.status_code, result.text) == (405, NOT_ALLOWED)
    assert result.headers == {
        "allow": "GET, HEAD",
        "cache-control": "no-store",
        "content-length": str(len(NOT_ALLOWED)),
        "content-type": "text/plain; charset=utf-8",
    }


@pytest.mark.parametrize("path", ["/nowhere", "/healthz/", "/%2e%2e", "/<script>"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "BREW"])
def test_another_path_is_not_found_whatever_the_method(
    client: testing.TestClient, method: str, path: str
) -> None:
    result = client.simulate_request(method, path, remote_addr="192.0.2.1")
    assert (result.status_code, result.text) == (404, NOT_FOUND)
    assert result.headers == {
        "cache-control": "no-store",
        "content-length": str(len(NOT_FOUND)),
        "content-type": "text/plain; charset=utf-8",
    }


def test_an_error_is_plain_text_whatever_the_caller_accepts(client: testing.TestClient) -> None:
    result = client.simulate_get("/nowhere", headers={"Accept": "application/json"})
    assert result.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_query_changes_nothing(client: testing.TestClient) -> None:
    result = client.simulate_get("/", query_string="a=1&b", remote_addr="192.0.2.1")
    assert (result.status_code, result.text) == (200, "192.0.2.1\n")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_no_forwarded_address_is_believed_by_default(
    client: testing.TestClient, header: str
) -> None:
    result = client.simulate_get("/", remote_addr="127.0.0.1", headers={header: "192.0.2.1"})
    assert result.text == "127.0.0.1\n"


def test_a_trusted_proxy_is_believed_about_x_forwarded_for(
    client_behind_proxy: testing.TestClient,
) -> None:
    headers = {"X-Forwarded-For": "198.51.100.1, 192.0.2.1"}
    result = client_behind_proxy.simulate_get("/", remote_addr=PROXY, headers=headers)
    assert result.text == "192.0.2.1\n"


def test_headers_that_repeat_are_one_list(client_behind_proxy: testing.TestClient) -> None:
    headers = [("X-Forwarded-For", "198.51.100.1"), ("X-Forwarded-For", "192.0.2.1")]
    result = client_behind_proxy.simulate_get("/", remote_addr=PROXY, headers=headers)
    assert result.text == "192.0.2.1\n"


@pytest.mark.parametrize("header", ["X-Real-IP", "Forwarded"])
def test_a_trusted_proxy_is_not_believed_about_other_headers(
    client_behind_proxy: testing.TestClient, header: str
) -> None:
    headers = {header: "for=192.0.2.1"}
    result = client_behind_proxy.simulate_get("/", remote_addr=PROXY, headers=headers)
    assert result.text == f"{PROXY}\n"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_peer_without_an_address_gets_an_error_that_says_so(
    client: testing.TestClient, method: str
) -> None:
    message = "Your address is not known: the server listens on a socket whose peers have none.\n"
    result = client.simulate_request(method, "/", extras={"client": None})
    assert result.status_code == 500
    assert result.text == (message if method == "GET" else "")
    assert result.headers == {
        "cache-control": "no-store",
        "content-length": str(len(message)),
        "content-type": "text/plain; charset=utf-8",
    }


def test_a_fault_of_our_own_is_logged_and_answered_in_plain_text(
    client: testing.TestClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        msg = "a secret of the server"
        raise RuntimeError(msg)

    monkeypatch.setattr("iplz.resources.caller_address", fail)
    result = client.simulate_get("/")
    assert result.status_code == 500
    assert result.text == "The server could not answer; its log has the reason.\n"
    assert result.headers["cache-control"] == "no-store"
    assert "a secret of the server" in caplog.text
