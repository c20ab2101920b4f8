"""`/healthz` says that the service is up, and on which system."""

from pathlib import Path

import pytest
from falcon import testing

from iplz import create_app


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "current-system"


@pytest.fixture
def client(link: Path) -> testing.TestClient:
    return testing.TestClient(create_app({}, current_system=link))


def test_the_answer_is_the_running_systems_store_path(
    client: testing.TestClient, link: Path, tmp_path: Path
) -> None:
    system = tmp_path / "nixos-system-a"
    system.mkdir()
    link.symlink_to(system)
    result = client.simulate_get("/healthz")
    assert (result.status_code, result.text) == (200, f"{system}\n")
    assert result.headers == {
        "cache-control": "no-store",
        "content-length": str(len(f"{system}\n")),
        "content-type": "text/plain; charset=utf-8",
    }


def test_a_chain_of_links_is_followed_to_its_end(
    client: testing.TestClient, link: Path, tmp_path: Path
) -> None:
    system = tmp_path / "nixos-system-a"
    system.mkdir()
    profile = tmp_path / "system-1-link"
    profile.symlink_to(system)
    link.symlink_to("system-1-link")
    assert client.simulate_get("/healthz").text == f"{system}\n"


def test_a_switch_shows_without_a_restart(
    client: testing.TestClient, link: Path, tmp_path: Path
) -> None:
    answers = []
    for name in ("nixos-system-a", "nixos-system-b"):
        (tmp_path / name).mkdir()
        link.unlink(missing_ok=True)
        link.symlink_to(tmp_path / name)
        answers.append(client.simulate_get("/healthz").text)
    assert answers == [f"{tmp_path}/nixos-system-a\n", f"{tmp_path}/nixos-system-b\n"]


@pytest.mark.parametrize("target", [None, "gone", "current-system"])
def test_a_machine_without_a_running_system_is_ok_too(
    client: testing.TestClient, link: Path, target: str | None
) -> None:
    if target is not None:
        link.symlink_to(target)
    result = client.simulate_get("/healthz")
    assert (result.status_code, result.text) == (200, "ok\n")
    assert result.headers["cache-control"] == "no-store"


def test_a_peer_without_an_address_may_ask(client: testing.TestClient) -> None:
    assert client.simulate_get("/healthz", extras={"client": None}).status_code == 200
