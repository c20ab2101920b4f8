"""A forwarded address counts only as far as trusted proxies vouch for it."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iplz.addresses import parse_network
from iplz.caller import caller_address

TRUSTED = [parse_network(text) for text in ("10.0.0.0/8", "fd00::/8")]

addresses = st.ip_addresses().map(str)
outsiders = st.ip_addresses(network="203.0.113.0/24").map(str)
proxies = st.ip_addresses(network="10.0.0.0/8").map(str)


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "caller"),
    [
        # Nothing is forwarded.
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        # The peer is no trusted proxy.
        ("203.0.113.9", "192.0.2.1", "203.0.113.9"),
        ("2001:db8::9", "192.0.2.1", "2001:db8::9"),
        # The peer is one.
        ("10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("::ffff:10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("fd00::1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "::ffff:192.0.2.1", "192.0.2.1"),
        # The caller wrote the beginning of the list itself.
        ("10.0.0.1", "198.51.100.1, 192.0.2.1", "192.0.2.1"),
        # A chain of proxies, of both versions.
        ("10.0.0.1", "198.51.100.1,192.0.2.1,fd00::2\t, 10.0.0.3", "192.0.2.1"),
        # A caller inside a trusted network, with nothing before it.
        ("10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2"),
        # With ports, as load balancers can be told to write them.
        ("10.0.0.1", "192.0.2.1:443", "192.0.2.1"),
        ("10.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        ("10.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        # What is no address ends the walk at the last address that was vouched for.
        ("10.0.0.1", "192.0.2.1, unknown", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1, unknown, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "192.0.2.1,", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1,,10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "192.0.2.1:port", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1:", "10.0.0.1"),
        ("10.0.0.1", "[192.0.2.1]:443", "10.0.0.1"),
        ("10.0.0.1", "[2001:db8::1", "10.0.0.1"),
        ("10.0.0.1", "[2001:db8::1]443", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1;10.0.0.2", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1\n", "10.0.0.1"),
        ("10.0.0.1", "<script>alert(1)</script>", "10.0.0.1"),
    ],
)
def test_the_list_is_walked_from_its_end_past_trusted_proxies(
    peer: str, forwarded_for: str | None, caller: str
) -> None:
    assert str(caller_address(peer, forwarded_for, TRUSTED)) == caller


@pytest.mark.parametrize("peer", [None, "", "testclient"])
def test_a_peer_without_an_address_leaves_the_caller_unknown_whatever_is_forwarded(
    peer: str | None,
) -> None:
    everybody = [parse_network("0.0.0.0/0"), parse_network("::/0")]
    assert caller_address(peer, "192.0.2.1", everybody) is None


@given(peer=addresses, forwarded_for=st.none() | st.text())
def test_without_trusted_proxies_the_caller_is_the_peer(
    peer: str, forwarded_for: str | None
) -> None:
    assert caller_address(peer, forwarded_for, []) == caller_address(peer, None, [])


@given(forged=st.text(), caller=outsiders, chain=st.lists(proxies), peer=proxies)
def test_nothing_that_the_caller_wrote_changes_the_answer(
    forged: str, caller: str, chain: list[str], peer: str
) -> None:
    forwarded_for = ", ".join([forged, caller, *chain])
    assert str(caller_address(peer, forwarded_for, TRUSTED)) == caller


@given(
    peer=proxies,
    forwarded_for=st.text(alphabet="0123456789abcdef:.,[]% <x") | st.text(),
)
def test_garbage_neither_raises_nor_comes_back(peer: str, forwarded_for: str) -> None:
    answer = str(caller_address(peer, forwarded_for, TRUSTED))
    assert str(ipaddress.ip_address(answer)) == answer
    assert "%" not in answer
